"""The tables of the chain. Only `ordholden.audit.append` writes them; triggers refuse all else."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One entry. Every column is in its hash."""

    pk = models.CompositePrimaryKey("organisation", "number")
    organisation = models.TextField()
    number = models.BigIntegerField()
    at = models.CharField(max_length=27)
    actor = models.TextField()
    action = models.TextField()
    subject = models.TextField()
    facts = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_entry"
        indexes = (models.Index(fields=["organisation", "subject", "number"], name="audit_entry_subject"),)


class AuditHead(models.Model):
    """The last entry's number and hash. Without it nobody would see that the last entries are missing.

    The seal is made with the store's secret: who can write to the database, but not read the secret, can't
    put another chain in place of this one.
    """

    organisation = models.TextField(primary_key=True)
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_head"
