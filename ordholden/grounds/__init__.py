"""The algebra: events give grounds, grounds give keep-until.

`interpret.py` is the specification, record by record; `compile.py` says the same as a predicate that a connector runs.
Holds, consents and requests come in as values (`wishes.py`), records as a `World`; nothing here reads a clock or a store.
"""
