"""Settings of the Django shell, read once from the ``OPENSPS_*`` environment. Nothing else reads it.

The zero value of every setting is the safe one: no demo, no signing key (issuing refuses), loopback hosts only.
"""

import secrets
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from opensps.project import environment as env
from opensps.project.demo import world
from opensps.project.logs import LOGGING  # noqa: F401 Django reads it from here

PACKAGE = Path(__file__).resolve().parent.parent

# --- The installation -------------------------------------------------------------------------------------------------
OPENSPS_AUTHORITY = env.text("AUTHORITY", "XA")
OPENSPS_CHECK_HOST = env.text("CHECK_HOST", "v.ecert.example")
OPENSPS_SIGNING_KEY = env.text("SIGNING_KEY") or None
"""Where the seal key lies (``file:/directory``); None means that issuing is refused."""
OPENSPS_TRUST_FILE = env.path("TRUST_FILE")
OPENSPS_TRUST_ROOTS = env.path("TRUST_ROOTS")
"""File with the three keys that sign trust lists; None: only an unsigned list for training can be read."""
OPENSPS_LOG_DIR = env.path("LOG_DIR")
"""Below it lie the transparency logs, served as /log/; None: this installation has no log."""
OPENSPS_LOG_KEY = env.path("LOG_KEY")
"""File with the key that signs checkpoints; None means that the log does not grow."""
OPENSPS_WITNESS_CA_FILE = env.path("WITNESS_CA_FILE")
"""PEM file of the authority that witnesses' TLS certificates come from; None: those this machine knows."""
OPENSPS_PARTNER_URL = env.text("PARTNER_URL")
"""Public address of the partner port, without a slash at the end; empty: there is none."""
OPENSPS_OWN_COUNTRIES = env.words("OWN_COUNTRIES")
"""Countries that certificates for this authority are made out for; empty: the country of its code."""
OPENSPS_INBOUND_HANDLERS = env.words("INBOUND_HANDLERS", default=("opensps.project.partner_inquiries.inquiry_take",))
"""Functions (dotted names) that take messages of partners which are no certificates, in this order."""
OPENSPS_EXCHANGE_KEY = env.path("EXCHANGE_KEY")
"""File with the key under which partners' secrets are kept; None: there are none."""
OPENSPS_PARTNER_PROXIES = env.networks("PARTNER_PROXIES")
"""Addresses and networks of our own proxies, believed about client certificates (header ``Client-Cert``)."""
OPENSPS_WEBHOOK_HOSTS = env.words("WEBHOOK_HOSTS")
"""Hosts (``name`` or ``name:port``) that webhooks reach although they lie in a private network; for tests and demos."""
OPENSPS_PARTNER_HOSTS = env.words("PARTNER_HOSTS")
"""Hosts of partners and hubs (``name`` or ``name:port``) that are called although they lie in a private network."""
OPENSPS_MAIL_ADDRESS = env.text("MAIL_ADDRESS")
"""Our exchange address; empty: no mail."""
OPENSPS_MAIL_KEYS = env.words("MAIL_KEYS")
"""Directories of exchange keys; the first one signs, all of them open."""
OPENSPS_MAIL_RELAY = env.text("MAIL_RELAY")
"""Our mail server, ``host:port``; empty: only partners whose own server is in their record are reached."""
OPENSPS_MAIL_RELAY_USER = env.text("MAIL_RELAY_USER")
OPENSPS_MAIL_RELAY_PASSWORD_FILE = env.path("MAIL_RELAY_PASSWORD_FILE")
OPENSPS_MAIL_RELAY_CA_FILE = env.path("MAIL_RELAY_CA_FILE")
"""PEM file of the authority behind the relay's certificate; None: those this machine knows."""
OPENSPS_MAIL_SCAN = env.text("MAIL_SCAN")
"""Function (dotted name) that looks at every part of a mail before anything is applied; empty: none."""
OPENSPS_DEMO = env.flag("DEMO")
OPENSPS_DEMO_PASSWORD = world.PASSWORD if OPENSPS_DEMO else ""
"""Password of the people of a demo, shown on its sign-in page; empty outside the demo."""
OPENSPS_DEMO_CA_FILE = env.path("DEMO_CA_FILE")
"""PEM file of the demo's own CA, offered for download by the demo; None outside the demo."""

# --- Django -----------------------------------------------------------------------------------------------------------
SECRET_KEY_IS_TEMPORARY = not env.text("SECRET_KEY")
"""True: made up for this process alone, enough for commands; the server refuses to start with it."""
SECRET_KEY = env.text("SECRET_KEY") or secrets.token_urlsafe(50)
DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
ROOT_URLCONF = "opensps.project.urls"
WSGI_APPLICATION = "opensps.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # the server speaks TLS itself; the plain port only redirects
]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "opensps.events",
    "opensps.accounts",
    "opensps.certification",
    "opensps.border",
    "opensps.exchange",
    "opensps.web.html",
    "opensps.project",
]
MIDDLEWARE = [
    "opensps.project.middleware.Caller",
    "opensps.project.middleware.RequestRecord",
    "opensps.web.rest.answering.Answers",
    "django.middleware.security.SecurityMiddleware",
    "opensps.project.middleware_log.LogFiles",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "opensps.project.middleware.SaneAddress",
    "opensps.project.middleware.BodyLimit",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "opensps.web.html.middleware.ActorMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opensps.project.context.installation",
                "opensps.web.html.context.frame",
            ],
        },
    }
]

FORM_RENDERER = "opensps.web.html.rendering.FormRenderer"
CSRF_FAILURE_VIEW = "opensps.web.html.views.errors.forbidden"
APPEND_SLASH = False

# --- Data -------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database(env.text("DATABASE_URL", "sqlite:///opensps.sqlite3"))}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
OPENSPS_MAX_REQUEST_BYTES = 26_000_000
"""A request with more is answered 413 before anything of it is read into memory."""

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["opensps.accounts.backends.PersonBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# --- Sessions, cookies, headers ---------------------------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_NAME = "__Host-session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0 if OPENSPS_DEMO else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not OPENSPS_DEMO
SECURE_HSTS_PRELOAD = not OPENSPS_DEMO
OPENSPS_BEHIND_PROXY = env.flag("BEHIND_PROXY")
"""Our own proxy is believed about scheme and address of the caller."""
if OPENSPS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
    }
}

# --- Languages and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [PACKAGE / "web" / "html" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files: served from the package itself, no build step ------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
