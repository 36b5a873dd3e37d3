"""Whose rows are in this store. Every other table names its organisation in a column."""

from __future__ import annotations

from django.db import models


class Organisation(models.Model):
    """Known by its secret; the name is what its rows are marked with, and stays what it was at first."""

    name = models.TextField(primary_key=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "store_organisation"
