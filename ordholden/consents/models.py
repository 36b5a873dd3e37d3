"""The tables of what was said and asked. Rows are added, never changed; a trigger refuses it.

They go when the person's card has gone: the key may be given to somebody else one day, who said nothing.
"""

from __future__ import annotations

from django.db import models


class ConsentRecord(models.Model):
    """A yes or a no. `key` is the card's, as a JSON scalar."""

    organisation = models.TextField()
    system = models.TextField()
    table = models.TextField()
    key = models.TextField()
    consent = models.TextField()
    at = models.DateTimeField()
    given = models.BooleanField()
    by_request = models.BooleanField(default=False)
    actor = models.TextField()
    note = models.TextField(default="")

    class Meta:
        db_table = "consents_record"
        indexes = (
            models.Index(
                fields=["organisation", "system", "table", "key", "at", "id"], name="consents_record_card"
            ),
        )


class Asked(models.Model):
    """A person was asked whether an activity may go on."""

    organisation = models.TextField()
    activity = models.TextField()
    system = models.TextField()
    table = models.TextField()
    key = models.TextField()
    asked_on = models.DateField()
    actor = models.TextField()

    class Meta:
        db_table = "consents_asked"
        indexes = (
            models.Index(
                fields=["organisation", "system", "table", "key", "activity", "asked_on"],
                name="consents_asked_card",
            ),
        )
