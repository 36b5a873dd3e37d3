"""Where the console's pages stand. The organisation's name stands before each of them, so that every look is at one only."""

from __future__ import annotations

from django.urls import path

from ordholden.web.console import acts, machine, mails, pages, sheet

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", pages.start, name="console-start"),
    path("approvals", pages.approvals, name="console-approvals"),
    path("plans/<str:plan>/approve", pages.approve_plan, name="console-approve-plan"),
    path("arrivals", pages.arrivals, name="console-arrivals"),
    path("arrivals/<str:arrival>", pages.fetch_one_arrival, name="console-arrival"),
    path("arrivals/<str:arrival>/here", pages.have_one_arrival, name="console-arrival-confirmed"),
    path("mails", mails.mails, name="console-mails"),
    path("mails/<int:mail>", mails.mail, name="console-mail"),
    path("mails/<int:mail>/files/<int:file>", mails.file, name="console-mail-file"),
    path("mails/<int:mail>/take", mails.take, name="console-mail-take"),
    path("machine", machine.machine, name="console-machine"),
    path("machine/letters/<int:letter>", machine.letter, name="console-letter-settle"),
    path("figures", pages.figures, name="console-figures"),
    path("promises", pages.promises, name="console-promises"),
    path("audit", pages.audit, name="console-audit"),
    path("people", pages.people, name="console-people"),
    path("person", pages.person, name="console-person"),
    path("person/reveal", pages.reveal, name="console-reveal"),
    path("call", pages.call, name="console-call"),
    path("call/open", pages.open_call, name="console-call-open"),
    path("sheet", sheet.sheet, name="console-sheet"),
    path("cases/", pages.cases, name="console-cases"),
    path("cases/<str:number>", pages.case, name="console-case"),
    path("cases/<str:number>/letter", pages.letter, name="console-letter"),
    path(
        "cases/<str:number>/documents/<int:document>",
        pages.document,
        name="console-document",
    ),
    path("tasks/<int:task>", pages.task, name="console-task"),
    path("tasks/<int:task>/done", pages.task_done, name="console-task-done"),
    *acts.addresses(),
]
