"""What a server runs: `ordholden.web.wsgi:application`."""

from ordholden.web.begin import begin

begin()

from django.core.wsgi import get_wsgi_application  # noqa: E402 – Django must be set up first

application = get_wsgi_application()
