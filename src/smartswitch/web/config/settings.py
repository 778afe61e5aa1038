"""Django's settings. What an operator may set comes from `runtime.config`; nothing else is configurable here.

Two connections to one database: `default` acts as the web account's role, under row-level security; `owner` acts as
who connects, and is used by migrations only.
"""

from pathlib import Path

from smartswitch.runtime.config import read_config
from smartswitch.web.brand.accepted_hosts import AcceptedHosts
from smartswitch.web.config.database import WEB_ROLE, database_settings
from smartswitch.web.config.secret_key import read_secret_key

_config = read_config()
_WEB = Path(__file__).parents[1]
_BUILT = _WEB / "ui" / "dist"
_UNSET_DATABASE_URL = "postgresql:///smartswitch"
_SESSION_S = 12 * 60 * 60
_LOCK_HOURS = 1

SECRET_KEY = read_secret_key(_config.state_directory)
STATE_DIRECTORY = _config.state_directory
MAIL_SERVER = _config.mail
SIP_ADDRESS = _config.sip_address
DEBUG = False
ALLOWED_HOSTS = AcceptedHosts(["127.0.0.1", "localhost", "[::1]", _config.web_address.host])
ROOT_URLCONF = "smartswitch.web.config.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "smartswitch.web.dealers",
    "smartswitch.web.companies",
    "smartswitch.web.peers",
    "smartswitch.web.packs",
    "smartswitch.web.routes",
    "smartswitch.web.calls",
    "smartswitch.web.balances",
    "smartswitch.web.rights",
    "smartswitch.web.audit",
    "smartswitch.web.nouns",
    "smartswitch.web.brand",
    "smartswitch.web.login",
    "smartswitch.web.dashboard",
    "smartswitch.web.search",
    "smartswitch.web.ui",
    "smartswitch.web.api",
    "smartswitch.web.worker",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "smartswitch.web.ui.security_headers.SecurityHeaders",
    "smartswitch.web.api.answers.ProblemAnswers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "smartswitch.web.login.middleware.ActForDealer",
    "smartswitch.web.brand.of_request.SpeakAsBrand",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "smartswitch.web.login.second_factor_gate.SecondFactorGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_WEB / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "smartswitch.web.ui.page_context.page_context",
                "smartswitch.web.brand.of_request.brand_context",
            ]
        },
    }
]

_URL = _config.database_url or _UNSET_DATABASE_URL
DATABASES = {"default": database_settings(_URL, role=WEB_ROLE), "owner": database_settings(_URL)}
DATABASE_ROUTERS = ["smartswitch.web.config.database.SchemaRouter"]

AUTH_USER_MODEL = "rights.Login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_HANDLER = "smartswitch.web.login.guesses.GuessCounter"
AXES_FAILURE_LIMIT = "smartswitch.web.login.guesses.most_failures"
AXES_COOLOFF_TIME = _LOCK_HOURS
# A guess at which nobody looked tells nothing, so it makes the wait no longer.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "smartswitch.web.login.guesses.locked_answer"
AXES_CLIENT_IP_CALLABLE = "smartswitch.web.login.guesses.client_address"
# What a person typed is not kept beside the note that it was wrong.
AXES_SENSITIVE_PARAMETERS = [
    "username", "ip_address", "code", "credential", "written", "old_password", "new_password1", "new_password2",
]  # fmt: skip
AXES_VERBOSE = False

# Of allauth only the second factor and the table of sessions are used (docs/adr/0030-identity.md); it has no addresses here.
MFA_ADAPTER = "smartswitch.web.login.second_factor_adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_TOLERANCE = 1
ACCOUNT_EMAIL_VERIFICATION = "none"

LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = _SESSION_S
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
FILE_UPLOAD_HANDLERS = ["smartswitch.web.ui.uploads.SmallUploads"]
SECURE_REFERRER_POLICY = "same-origin"
# Who reaches this server is on this host: the reverse proxy, which says whether people came by HTTPS.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский")]
LOCALE_PATHS = [_BUILT / "locale"]

STATIC_URL = "/static/"
# Built by npm at install, names hashed and files compressed (ui/build.mjs); collectstatic has nothing to do.
STATIC_ROOT = _BUILT / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Processes log one line per event by themselves; Django's own logging set-up would add a second form.
LOGGING_CONFIG = None
