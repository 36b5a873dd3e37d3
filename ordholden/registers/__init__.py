"""What a company keeps a list of because the law or its policy wants one: a folder for each kind of register.

In: what somebody decided, with a reason. Out: what stands on a day. Every change and its audit entry are one
transaction.
"""
