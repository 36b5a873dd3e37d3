"""Every address of the web. What is the house's own comes first, so that no organisation's name can hide it.

The console and the API bring their own lists, where they are installed.
"""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from ordholden.web import front

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

handler400 = "ordholden.web.errors.not_understood"
handler403 = "ordholden.web.errors.forbidden"
handler404 = "ordholden.web.errors.not_there"
handler500 = "ordholden.web.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", front.front, name="front"),
    path("alive", front.alive, name="alive"),
    path("look.css", front.house_colours, name="house colours"),
    path("accounts/", include("allauth.urls")),
    path("console/", front.my_organisations, name="my organisations"),
    path("console/<slug:organisation>/confidentiality", front.confidentiality, name="confidentiality"),
]
if find_spec("ordholden.web.console") and find_spec("ordholden.web.console.urls"):
    urlpatterns.append(path("console/<slug:organisation>/", include("ordholden.web.console.urls")))
if find_spec("ordholden.api") and find_spec("ordholden.api.urls"):
    urlpatterns.append(path("api/", include("ordholden.api.urls")))
urlpatterns += [
    path("<slug:organisation>/look.css", front.colours, name="colours"),
    path("<slug:organisation>/logo", front.logo, name="logo"),
    path("<slug:organisation>/tree/", include("ordholden.web.outside.urls")),
    path("<slug:organisation>/", include("ordholden.web.portal.urls")),
]
