"""Django's settings, all from the environment; the defaults are right for a machine of one's own.

| variable | what |
|---|---|
| `ORDHOLDEN_HOUSE` | the folder of the organisations; else the one stood in |
| `ORDHOLDEN_STORE` | a PostgreSQL for everything; else SQLite in the folders |
| `ORDHOLDEN_ADDRESS` | how people reach it, `https://…`; decides on secure cookies and on links in mails |
| `ORDHOLDEN_WEB_KEY` | signs sessions and links; needed where several machines serve, else made in the house |
| `ORDHOLDEN_PROXIES` | how many proxies of one's own stand in front, whose `X-Forwarded-For` is believed |
| `ORDHOLDEN_SECOND_FACTOR` | `required` for staff, or `offered` (for a demonstration) |
| `ORDHOLDEN_OIDC` | a JSON file with identity providers |
| `ORDHOLDEN_SMTP`, `ORDHOLDEN_SENDER` | where mail goes out; else to `.ordholden/mail` in the house |
| `ORDHOLDEN_SERVER_TIMING` | set: each answer says how long it took here, for measuring |
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from ordholden.store import address, once
from ordholden.store.framework import rooms_with_tables
from ordholden.web import providers

_env = os.environ.get

ORDHOLDEN_HOUSE = Path(_env("ORDHOLDEN_HOUSE", ".")).resolve()
# Letters are written in this process, too, and find the address of their links where the settings do.
ORDHOLDEN_ADDRESS = os.environ.setdefault("ORDHOLDEN_ADDRESS", "http://localhost:8000").rstrip("/")
ORDHOLDEN_SECOND_FACTOR = _env("ORDHOLDEN_SECOND_FACTOR", "required")

_own = once.own_folder(ORDHOLDEN_HOUSE)
_reached = urlsplit(ORDHOLDEN_ADDRESS)
_secure = _reached.scheme == "https"


def _key() -> str:
    if given := _env("ORDHOLDEN_WEB_KEY"):
        return given
    once.put_once(_own / "web-key", secrets.token_urlsafe(48).encode())
    return (_own / "web-key").read_text()


def _database() -> dict[str, object]:
    if url := _env("ORDHOLDEN_STORE"):
        return address.settings_for(url) | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    once.database_file(_own / "house.sqlite3")
    return address.sqlite_settings(_own / "house.sqlite3") | {"CONN_MAX_AGE": None}


SECRET_KEY = _key()
DEBUG = False
ALLOWED_HOSTS = [_reached.hostname or "localhost"]
if not _secure:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [ORDHOLDEN_ADDRESS]
ROOT_URLCONF = "ordholden.web.urls"
WSGI_APPLICATION = "ordholden.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "ordholden.web",
    *rooms_with_tables(),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    *(["ordholden.web.headers.Timing"] if _env("ORDHOLDEN_SERVER_TIMING") else []),
    "ordholden.web.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ordholden.web.language.Language",
    "ordholden.web.uploads.Limit",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "ordholden.web.refusals.Refusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ordholden.web.pages.everywhere",
            ],
            "builtins": ["ordholden.web.templatetags.said", "ordholden.web.templatetags.console"],
        },
    }
]

# — what is kept —

DATABASES = {"default": _database()}
# Counted attempts and one-time links must be the same in every process.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"},
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# — languages and days —

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Copenhagen"

# — files —

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Whoever sends more is told so before it has filled anything: see `portal/uploads.py`.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "ordholden.web.uploads.NoMoreThan",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# — safe —

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# `__Host-` binds the cookie to this very host; browsers take it over https only.
SESSION_COOKIE_NAME = "__Host-ordholden" if _secure else "ordholden"
CSRF_COOKIE_NAME = "__Host-ordholden-form" if _secure else "ordholden-form"
CSRF_FAILURE_VIEW = "ordholden.web.errors.form_expired"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _secure else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if _secure and _env("ORDHOLDEN_PROXIES") else None
)
USE_X_FORWARDED_HOST = False
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# — signing in: the library's work —

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/console/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "ordholden.web.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
# The administrator let the address in, and the first password is set by a link that was sent to it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 30 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _reached.scheme
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ALLAUTH_TRUSTED_PROXY_COUNT = int(_env("ORDHOLDEN_PROXIES", "0"))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "ordholden.web.adapters.Factors"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "ordholden"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _secure
MFA_ALLOW_UNVERIFIED_EMAIL = True
USERSESSIONS_TRACK_ACTIVITY = True
SOCIALACCOUNT_ADAPTER = "ordholden.web.adapters.Identities"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": providers.as_apps(_env("ORDHOLDEN_OIDC", ""))}}
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
# By a link: a form may lead to this house only (`form-action`), and browsers hold its redirects to that, too.
SOCIALACCOUNT_LOGIN_ON_GET = True

# — mail —

EMAIL_BACKEND = "ordholden.web.mail.Backend"
DEFAULT_FROM_EMAIL = _env("ORDHOLDEN_SENDER", f"ordholden@{_reached.hostname or 'localhost'}")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"tokens": {"()": "ordholden.web.links.WithoutTokens"}},
    "handlers": {"errors": {"class": "logging.StreamHandler", "filters": ["tokens"]}},
    "root": {"handlers": ["errors"], "level": "WARNING"},
}
