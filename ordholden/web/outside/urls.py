"""The addresses of the tree outside."""

from __future__ import annotations

from django.urls import path

from ordholden.web.outside import asked, own, parties

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", parties.home, name="tree"),
    path("new/", parties.new, name="tree new"),
    path("<int:party>/", parties.one, name="tree party"),
    path("<int:party>/new/", parties.new, name="tree new below"),
    path("<int:party>/change/", parties.change, name="tree change"),
    path("<int:party>/end/", parties.end, name="tree end"),
    path("<int:party>/ask/", asked.which, name="tree ask"),
    path("<int:party>/ask/<slug:right>/", asked.ask, name="tree ask right"),
    path("case/<str:number>/", asked.shown, name="tree case"),
    path("case/<str:number>/write/", asked.write, name="tree case write"),
    path("case/<str:number>/file/<int:document>", asked.document, name="tree case file"),
    path("mine/file/<slug:file>", own.file, name="tree own file"),
]
