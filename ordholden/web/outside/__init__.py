"""Pages for those outside: resellers, their customers' administrators, and employees. They see their branch of the tree.

In: a signed-in member who stands in the tree. Out: who is below them, what they asked for, and an employee's own recordings.
Nothing here leads to the console, and nothing of it is shown.
"""
