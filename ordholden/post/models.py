"""The tables of mail: what goes out, with what became of it, and what came in.

What a letter or a mail says, and to whom, is sealed; the rest can be looked for.
"""

from __future__ import annotations

from django.db import models


class Outgoing(models.Model):
    """A letter on its way. `token` is the first half of its Message-ID, the same at every attempt."""

    organisation = models.TextField()
    key = models.CharField(max_length=200)
    token = models.CharField(max_length=64)
    case = models.CharField(max_length=40, default="")
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    # To whom, subject, text, HTML and files; empty when nobody may read it any longer.
    sealed = models.BinaryField(default=b"")
    put_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # What the server said last; its words often hold the address.
    code = models.IntegerField(default=0)
    reason = models.BinaryField(default=b"")

    class Meta:
        db_table = "post_outgoing"
        constraints = (
            models.UniqueConstraint(fields=["organisation", "key"], name="post_outgoing_once"),
            models.UniqueConstraint(fields=["organisation", "token"], name="post_outgoing_token"),
        )
        indexes = (
            models.Index(fields=["organisation", "state", "next_at"], name="post_outgoing_due"),
            models.Index(fields=["organisation", "case"], name="post_outgoing_case"),
        )


class Arrived(models.Model):
    """A mail that was read from the mailbox. `key` tells whether the same one was read before."""

    organisation = models.TextField()
    key = models.CharField(max_length=64)
    case = models.CharField(max_length=40, default="")
    state = models.CharField(max_length=10)
    # Why nothing could be done with it: a code of `lang/*/post.yaml`.
    reason = models.CharField(max_length=60, default="")
    sealed = models.BinaryField(default=b"")
    at = models.DateTimeField()

    class Meta:
        db_table = "post_arrived"
        constraints = (models.UniqueConstraint(fields=["organisation", "key"], name="post_arrived_once"),)
        indexes = (
            models.Index(fields=["organisation", "state", "at"], name="post_arrived_state"),
            models.Index(fields=["organisation", "case"], name="post_arrived_case"),
        )
