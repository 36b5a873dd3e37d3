"""One folder per kind of system, behind two sockets: `reading.py` for everybody, `writing.py` for plans alone.

What may be asked is said in `predicate.py`, without saying how; what the world does to a connection is in `errors.py`.
"""
