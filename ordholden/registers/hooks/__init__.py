"""Webhooks: other systems that are told when a case changes. Each remembers how far it has been told.

What is sent is the case's number, its state and what happened: nothing about the person, who is asked for by the API.
"""

from ordholden.registers.hooks.hook import HookRecord, hooks, remember, subscribe, unsubscribe

__all__ = ["HookRecord", "hooks", "remember", "subscribe", "unsubscribe"]
