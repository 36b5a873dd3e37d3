"""The table of what was said in calls. Rows are added, never changed."""

from __future__ import annotations

from django.db import models


class CallNote(models.Model):
    """One thing that was said. `key` is the card's, as a JSON scalar."""

    organisation = models.TextField()
    campaign = models.TextField()
    system = models.TextField()
    table = models.TextField()
    key = models.TextField()
    said = models.CharField(max_length=8)
    at = models.DateTimeField()
    actor = models.TextField()

    class Meta:
        db_table = "registers_call_note"
        indexes = (
            models.Index(
                fields=["organisation", "campaign", "system", "table", "key"], name="registers_call_note_who"
            ),
        )
