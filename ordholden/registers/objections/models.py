"""The tables of objections."""

from __future__ import annotations

from django.db import models


class Objection(models.Model):
    """One person's objection to one activity. The reasons are sealed: they are about somebody's particular situation."""

    organisation = models.TextField()
    activity = models.TextField()
    standing = models.CharField(max_length=12)
    absolute = models.BooleanField(default=False)
    words = models.BinaryField(default=b"")
    raised_by = models.TextField()
    raised_on = models.DateField()
    settled_by = models.TextField(default="")
    settled_on = models.DateField(null=True)
    reason = models.BinaryField(default=b"")

    class Meta:
        db_table = "registers_objection"
        indexes = (models.Index(fields=["organisation", "standing"], name="registers_objection_standing"),)


class ObjectionCard(models.Model):
    """A card of the person who objects. `key` is a JSON scalar."""

    organisation = models.TextField()
    objection = models.ForeignKey(Objection, on_delete=models.CASCADE, related_name="cards")
    system = models.TextField()
    table = models.TextField()
    key = models.TextField()

    class Meta:
        db_table = "registers_objection_card"
        constraints = (
            models.UniqueConstraint(
                fields=["objection", "system", "table", "key"], name="registers_objection_card_once"
            ),
        )
        indexes = (
            models.Index(fields=["organisation", "system", "table", "key"], name="registers_objection_whose"),
        )
