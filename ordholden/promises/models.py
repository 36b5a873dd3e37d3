"""The table of looks at the promises: what was seen, and when."""

from __future__ import annotations

from django.db import models


class LookRow(models.Model):
    """One look. What it shows are states, numbers and names of systems and tables; nothing about a person."""

    organisation = models.TextField()
    at = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        db_table = "promises_look"
        indexes = (models.Index(fields=["organisation", "-id"], name="promises_look_newest"),)
