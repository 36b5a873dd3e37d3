"""The addresses of the tree outside."""

from __future__ import annotations

from django.urls import path

from ordholden.web.outside import asked, own, parties

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", parties.home, name="tree"),
    path("new/", parties.new, name="tree new"),
    path("<int:number>/", parties.one, name="tree party"),
    path("<int:number>/new/", parties.new, name="tree new below"),
    path("<int:number>/change/", parties.change, name="tree change"),
    path("<int:number>/end/", parties.end, name="tree end"),
    path("<int:number>/ask/", asked.which, name="tree ask"),
    path("<int:number>/ask/<slug:right>/", asked.ask, name="tree ask right"),
    path("case/<str:number>/", asked.shown, name="tree case"),
    path("case/<str:number>/write/", asked.write, name="tree case write"),
    path("case/<str:number>/file/<int:document>", asked.document, name="tree case file"),
    path("mine/file/<slug:file>", own.file, name="tree own file"),
]
