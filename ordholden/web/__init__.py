"""The pages: portal for people, console for staff, sign-in.

In: a request from a browser. Out: one call on the hall and its answer as a page. One process serves every organisation
of a *house*: a folder of organisations' folders, or one organisation's own.
"""
