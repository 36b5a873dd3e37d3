"""What is written down about plans: the plan as made, its state, and a receipt for each batch that changed something."""

from __future__ import annotations

from django.db import models


class PlanRow(models.Model):
    """A plan under its digest. `watched` are identifiers of erased people, sealed, until verification has looked for them."""

    organisation = models.TextField()
    digest = models.CharField(max_length=64)
    name = models.TextField()
    body = models.JSONField()
    state = models.CharField(max_length=16)
    reason = models.TextField(default="")
    made_at = models.DateTimeField()
    made_by = models.TextField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.TextField(default="")
    applied_at = models.DateTimeField(null=True)
    applied_by = models.TextField(default="")
    verified_at = models.DateTimeField(null=True)
    sizes = models.JSONField(default=dict)
    watched = models.BinaryField(default=b"")
    findings = models.JSONField(default=list)

    class Meta:
        db_table = "plans_plan"
        constraints = [models.UniqueConstraint(fields=["organisation", "digest"], name="plans_plan_once")]


class CorrectionRow(models.Model):
    """What a correction writes, sealed; gone when it is verified."""

    organisation = models.TextField()
    plan = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        db_table = "plans_correction"
        constraints = [models.UniqueConstraint(fields=["organisation", "plan"], name="plans_correction_once")]


class ReceiptRow(models.Model):
    """One batch: written before the company's database commits (`intended`), confirmed after (`done`), or `void`.

    `keys` are references to records: ranges of whole numbers, single keys, or keyed digests where a key is personal.
    """

    organisation = models.TextField()
    plan = models.CharField(max_length=64)
    system = models.TextField()
    table = models.TextField()
    operation = models.CharField(max_length=16)
    columns = models.JSONField()
    keys = models.JSONField()
    rows = models.IntegerField()
    state = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        db_table = "plans_receipt"
        indexes = [
            models.Index(fields=["organisation", "plan"], name="plans_receipt_of_plan"),
            models.Index(fields=["organisation", "system", "at"], name="plans_receipt_of_system"),
        ]


class RuleRow(models.Model):
    """A keep rule that has been carried out and verified once."""

    organisation = models.TextField()
    rule = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "plans_rule"
        constraints = [models.UniqueConstraint(fields=["organisation", "rule"], name="plans_rule_once")]
