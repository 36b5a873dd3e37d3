"""The table of webhooks; the secret that messages are signed with is sealed."""

from __future__ import annotations

from django.db import models


class HookRow(models.Model):
    """One address. `told` is the last line of the cases' timelines that it has taken."""

    organisation = models.TextField()
    url = models.TextField()
    secret = models.BinaryField()
    told = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    made_by = models.TextField()
    made_on = models.DateField()

    class Meta:
        db_table = "registers_hook"
        constraints = (models.UniqueConstraint(fields=["organisation", "url"], name="registers_hook_once"),)
