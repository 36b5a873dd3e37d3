"""Editions of the policy: what was published when, whole, so that anybody can read what held at the time.

In: the text of the policy's file at the moment of publishing. Out: the editions, the newest first.
"""

from ordholden.registers.editions.edition import Edition
from ordholden.registers.editions.publish import edition, editions, newest, publish

__all__ = ["Edition", "edition", "editions", "newest", "publish"]
