"""The table of packages that arrived; the content is sealed, and goes when somebody has it or it has waited too long."""

from __future__ import annotations

from django.db import models


class ArrivalRow(models.Model):
    """One package. `nonce` is its number, which the sender made; the row stays so that it is not taken twice."""

    organisation = models.TextField()
    nonce = models.CharField(max_length=120)
    sender = models.TextField()
    reference = models.TextField(default="")
    known = models.TextField(default="")
    size = models.BigIntegerField()
    at = models.DateTimeField()
    sealed = models.BinaryField(default=b"")
    # Downloaded, perhaps not whole;
    fetched_at = models.DateTimeField(null=True)
    fetched_by = models.TextField(default="")
    # and said to be there.
    taken_at = models.DateTimeField(null=True)
    taken_by = models.TextField(default="")

    class Meta:
        db_table = "registers_arrival"
        constraints = (
            models.UniqueConstraint(fields=["organisation", "nonce"], name="registers_arrival_once"),
        )
