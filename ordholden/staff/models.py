"""The tables of members, and of the parties outside: what names somebody is sealed, and found by its digest."""

from __future__ import annotations

from django.db import models


class MemberRow(models.Model):
    """One account at one organisation. It stays when somebody leaves: their deeds are still theirs."""

    organisation = models.TextField()
    # The address, keyed, as it is searched for; and name and address, sealed.
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    role = models.CharField(max_length=30)
    party = models.ForeignKey("PartyRow", on_delete=models.PROTECT, null=True)
    since = models.DateField()
    until = models.DateField(null=True)
    confidential_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff_member"
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "digest"],
                condition=models.Q(until=None),
                name="staff_member_once",
            ),
        )


class PartyRow(models.Model):
    """A reseller, a customer or an employee; `above` is whom they belong to, nobody for a reseller."""

    organisation = models.TextField()
    level = models.CharField(max_length=12)
    above = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="below")
    # Employees are known by local number and full name: both keyed together, within their customer.
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    registered_by = models.TextField()
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        db_table = "staff_party"
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "level", "above", "digest"],
                condition=models.Q(until=None),
                name="staff_party_once",
            ),
        )


class TokenRow(models.Model):
    """A key of a program: the token itself is nowhere, only its digest. `deeds` are all that it may do."""

    organisation = models.TextField()
    name = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    deeds = models.JSONField(default=list)
    party = models.ForeignKey(PartyRow, on_delete=models.PROTECT, null=True)
    made_by = models.TextField()
    made_on = models.DateField()
    expires_on = models.DateField()
    used_on = models.DateField(null=True)
    revoked_on = models.DateField(null=True)

    class Meta:
        db_table = "staff_token"
