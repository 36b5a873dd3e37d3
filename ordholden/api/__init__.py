"""The API: what the pages do, for programs. A door like the others: one call of the hall for each operation.

A program signs in with a token of one organisation, which names the deeds it may do. Every operation names its deed.
What it answers is described by OpenAPI, and what is refused is said as problems, in the language that is asked for.
"""
