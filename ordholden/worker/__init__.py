"""The hour's door: does what waits in every organisation of a house, by itself and without being asked.

In comes a house's folder; out go tasks that are done, mail that is sent and fetched, reminders, and each night's plan.
What waits are rows in the organisations' own stores, and nothing else knows of it: see `docs/decisions/lease.md`.
"""
