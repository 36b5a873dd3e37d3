"""The table of recurring duties: when each is next, who has it in hand, and what came of it."""

from __future__ import annotations

from django.db import models


class DutyRow(models.Model):
    """One duty of one organisation. `until` in the future: `holder` is at it, and nobody else begins."""

    organisation = models.TextField()
    name = models.CharField(max_length=32)
    next_at = models.DateTimeField()
    holder = models.TextField(default="")
    until = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    came = models.JSONField(default=dict)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    reason = models.TextField(default="")

    class Meta:
        db_table = "worker_duty"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="worker_duty_once")]
