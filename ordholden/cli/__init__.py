"""The command line: turns a command into one call on the hall, and the answer into text, JSON, an exit code.

One file per family of commands; `door.py` is what they share. Nothing is decided here.
"""

from ordholden.cli.door import main

__all__ = ["main"]
