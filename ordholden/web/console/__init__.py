"""The console of those who work with cases: their tasks, a person in seconds, the telephone, a case on one page.

Each page turns what a member asks into one verb of the desk, and its answer into a page. What a member may do is said
where the page is: by its deed.
"""
