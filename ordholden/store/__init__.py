"""The product's own database: where audit, plans, holds and consents are kept.

In: an organisation's folder, or the address of a database. Out: an open `Store`, with transactions, a
secret of its own, and every room's tables as this release wants them. Django is loaded when a store is
opened, not before.
"""

from ordholden.store.opening import Store, open_store
from ordholden.store.record_key import key_from_text, key_to_text

__all__ = ["Store", "key_from_text", "key_to_text", "open_store"]
