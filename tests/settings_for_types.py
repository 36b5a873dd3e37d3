"""Django settings for the type checker only: every room that has tables, with nothing to connect to.

The checker's plugin must load the models to know what their fields are; the product's own settings
need a policy and a store.
"""

from pathlib import Path
from typing import Any

ROOMS = Path(__file__).parents[1] / "ordholden"

SECRET_KEY = "never used: the type checker starts nothing"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    *sorted(f"ordholden.{models.parent.name}" for models in ROOMS.glob("*/models.py")),
]

# What the web's own settings add to Django's.
ORDHOLDEN_HOUSE = ROOMS
ORDHOLDEN_ADDRESS = ""
ORDHOLDEN_SECOND_FACTOR = ""
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
