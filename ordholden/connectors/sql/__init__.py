"""Company databases: PostgreSQL, MariaDB/MySQL and SQLite, through SQLAlchemy Core.

`open.py` opens and reads the live schema, `translate.py` turns predicates into SQL, `moments.py` knows how each kind of
column holds time, `read.py` and `write.py` are the two sockets.
"""
