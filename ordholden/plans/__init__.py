"""The corridor: make, preview, limit, approve, apply, verify, journal. The only room that changes a company's data.

`make.py` says what would happen, `execute.py` does it, `verify.py` asks afresh, `replay.py` does it again after a restore;
`book.py` remembers. A person's erasure, a withdrawn consent and the nightly sweep are the same plan with another scope.
"""
