"""A person's request, from its arrival to the answer: what was asked, when it is due, who decided what, and what was done.

In come a request, the day, and a `Corridor` (what cases may ask of the hall). Out go cases, tasks and letters; each
right is a file in `rights/`. Everything personal is sealed in the store, and goes when its keep rule says so.
"""
