"""The tables of holds."""

from __future__ import annotations

from django.db import models


class Hold(models.Model):
    """One hold. Its number is never used again, since it is part of what was written to people."""

    organisation = models.TextField()
    scope = models.CharField(max_length=8)
    activity = models.TextField(default="")
    reason = models.TextField()
    restriction = models.BooleanField(default=False)
    # What people are known by, sealed; empty when nobody may read it any longer.
    identifiers = models.BinaryField(default=b"")
    placed_by = models.TextField()
    placed_on = models.DateField()
    review_on = models.DateField()
    released_by = models.TextField(default="")
    released_on = models.DateField(null=True)
    release_reason = models.TextField(default="")
    told_on = models.DateField(null=True)

    class Meta:
        db_table = "registers_hold"
        indexes = (models.Index(fields=["organisation", "released_on"], name="registers_hold_released"),)


class HoldTarget(models.Model):
    """A card of a person, or, with the matter's `name`, a matter. `key` is a JSON scalar."""

    organisation = models.TextField()
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="targets")
    system = models.TextField()
    table = models.TextField()
    name = models.TextField(default="")
    key = models.TextField()

    class Meta:
        db_table = "registers_hold_target"
        constraints = (
            models.UniqueConstraint(
                fields=["hold", "system", "table", "name", "key"], name="registers_hold_target_once"
            ),
        )
