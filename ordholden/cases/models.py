"""The tables of cases. What is about a person is sealed, and what a case is looked for by is a keyed digest.

Everything that needs no look at the content (state, dates, owner) is a column, so that lists and figures are questions
to the database, and no row's seal is broken for them.
"""

from __future__ import annotations

from django.db import models


class CaseRow(models.Model):
    """One case. `due` is the day to work towards, `legal` the law's; both move when the clock stood still."""

    organisation = models.TextField()
    number = models.CharField(max_length=24)
    right = models.CharField(max_length=40)
    channel = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    open = models.BooleanField(default=True)
    outcome = models.CharField(max_length=16, default="")
    language = models.CharField(max_length=2)
    received_at = models.DateTimeField()
    received_on = models.DateField()
    months = models.SmallIntegerField(default=1)
    own_days = models.SmallIntegerField(null=True)
    customary = models.BooleanField(default=False)
    due = models.DateField()
    legal = models.DateField()
    paused_days = models.IntegerField(default=0)
    paused_since = models.DateField(null=True)
    owner = models.TextField(default="")
    identity = models.CharField(max_length=12)
    representation = models.CharField(max_length=12)
    controller = models.TextField(default="")
    campaign = models.TextField(default="")
    plan = models.CharField(max_length=80, default="")
    ground = models.CharField(max_length=40, default="")
    waits_for = models.CharField(max_length=12, default="")
    proposed_by = models.TextField(default="")
    decided_by = models.TextField(default="")
    needs_staff = models.BooleanField(default=False)
    warned = models.SmallIntegerField(default=0)
    origin = models.CharField(max_length=64, default="")
    # Who in the tree outside asked for whom, by their numbers; they see what they asked for and nothing else.
    asked_by = models.BigIntegerField(default=0)
    asked_for = models.BigIntegerField(default=0)
    fingerprint = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    answer_days = models.IntegerField(null=True)
    version = models.IntegerField(default=1)
    # Who asks, in what words, about what; why something was doubted, decided or refused.
    sealed = models.BinaryField()
    decision = models.BinaryField(default=b"")
    cards = models.BinaryField(default=b"")

    class Meta:
        db_table = "cases_case"
        constraints = (models.UniqueConstraint(fields=["organisation", "number"], name="cases_case_number"),)
        indexes = (
            models.Index(fields=["organisation", "open", "due", "id"], name="cases_case_due"),
            models.Index(fields=["organisation", "owner", "open", "due"], name="cases_case_owner"),
            models.Index(fields=["organisation", "open", "legal"], name="cases_case_legal"),
            models.Index(fields=["organisation", "closed_on"], name="cases_case_closed"),
            models.Index(fields=["organisation", "fingerprint", "received_at"], name="cases_case_same"),
            models.Index(fields=["organisation", "asked_by", "due"], name="cases_case_asked"),
        )


class CaseNumber(models.Model):
    """The last number of a year; never used twice, since people were told it."""

    organisation = models.TextField()
    year = models.IntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        db_table = "cases_number"
        constraints = (models.UniqueConstraint(fields=["organisation", "year"], name="cases_number_year"),)


class ContactRow(models.Model):
    """What the people of a case are known by, as digests: a case is found by an address that somebody already has."""

    organisation = models.TextField()
    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="contacts")
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "cases_contact"
        indexes = (models.Index(fields=["organisation", "digest"], name="cases_contact_digest"),)


class EntryRow(models.Model):
    """A line of a case's timeline. `facts` hold nothing personal, the sealed note may."""

    organisation = models.TextField()
    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    actor = models.TextField()
    what = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    note = models.BinaryField(default=b"")

    class Meta:
        db_table = "cases_entry"


class TaskRow(models.Model):
    """Something to be done, once: the key is unique in the case. Whoever does it holds a lease meanwhile."""

    organisation = models.TextField()
    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    system = models.TextField(default="")
    together = models.CharField(max_length=64, default="")
    state = models.CharField(max_length=12)
    due = models.DateField(null=True)
    next_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    leased_by = models.CharField(max_length=80, default="")
    leased_until = models.DateTimeField(null=True)
    fields = models.JSONField(default=list)
    # What people wrote down for each field: sealed, since a receipt may name the person.
    receipts = models.BinaryField(default=b"")
    # When it was sent, received, answered, reminded.
    steps = models.JSONField(default=dict)
    reason = models.TextField(default="")
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(default="")

    class Meta:
        db_table = "cases_task"
        constraints = (models.UniqueConstraint(fields=["case", "key"], name="cases_task_once"),)
        indexes = (
            models.Index(fields=["organisation", "state", "next_at", "id"], name="cases_task_next"),
            models.Index(fields=["organisation", "state", "due"], name="cases_task_due"),
            models.Index(fields=["organisation", "leased_by"], name="cases_task_leased"),
        )


class MessageRow(models.Model):
    """What was written to the person or came from them; subject and text are sealed."""

    organisation = models.TextField()
    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="messages")
    incoming = models.BooleanField()
    at = models.DateTimeField()
    actor = models.TextField()
    kind = models.CharField(max_length=40, default="message")
    sealed = models.BinaryField()
    documents = models.JSONField(default=list)
    delivery = models.TextField(default="")

    class Meta:
        db_table = "cases_message"


class DocumentRow(models.Model):
    """A file of a case, sealed. Its content is a row of its own table, so that lists never fetch it."""

    organisation = models.TextField()
    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="documents")
    at = models.DateTimeField()
    incoming = models.BooleanField()
    purpose = models.CharField(max_length=24)
    type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    name = models.BinaryField()

    class Meta:
        db_table = "cases_document"


class ContentRow(models.Model):
    """The sealed content of a document."""

    organisation = models.TextField()
    document = models.OneToOneField(
        DocumentRow, on_delete=models.CASCADE, primary_key=True, related_name="content"
    )
    sealed = models.BinaryField()

    class Meta:
        db_table = "cases_content"


class DispatchRow(models.Model):
    """What goes to a partner's installation, written down before it is sent; and what came from one, taken once.

    `nonce` is the message's number. `done_at`: of what goes, when they said that they have it; of a request that came, when
    its answer was written.
    """

    organisation = models.TextField()
    # None only until the case that the message opens is there, in the same transaction.
    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="dispatches", null=True)
    incoming = models.BooleanField()
    partner = models.TextField()
    form = models.CharField(max_length=40)
    nonce = models.CharField(max_length=64)
    # The task that sends it.
    key = models.CharField(max_length=200, default="")
    # The number that the case has there.
    reference = models.CharField(max_length=24, default="")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    # What is to be sent; nothing, once they have it.
    sealed = models.BinaryField(default=b"")

    class Meta:
        db_table = "cases_dispatch"
        constraints = (
            models.UniqueConstraint(fields=["organisation", "incoming", "nonce"], name="cases_dispatch_once"),
        )
        indexes = (models.Index(fields=["organisation", "reference"], name="cases_dispatch_their"),)


class LinkRow(models.Model):
    """A link that was given out: the token itself is nowhere, only its digest."""

    organisation = models.TextField()
    case = models.ForeignKey(CaseRow, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_link"
