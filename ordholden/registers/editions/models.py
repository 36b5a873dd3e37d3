"""The table of editions. Rows are added and never changed."""

from __future__ import annotations

from django.db import models


class EditionRow(models.Model):
    """One edition; it holds nothing about any person but those whom the policy itself names as contacts."""

    organisation = models.TextField()
    number = models.IntegerField()
    at = models.DateTimeField()
    by = models.TextField()
    digest = models.CharField(max_length=64)
    significant = models.BooleanField()
    note_da = models.TextField(default="")
    note_en = models.TextField(default="")
    text = models.TextField()
    look = models.TextField(default="")

    class Meta:
        db_table = "registers_edition"
        constraints = (
            models.UniqueConstraint(fields=["organisation", "number"], name="registers_edition_number"),
        )
