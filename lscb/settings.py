"""Settings. All configuration comes from the environment; `.env.example` explains each variable.

PORTAL_MODE says what this process is: `production`, `demonstration` (a made-up board on one machine, second factor
waived, reachable from that machine only) or `test`. Only production is ever served to a network.
A `.env` file in the checkout is read only when PORTAL_MODE is not in the environment, so that a real installation
never picks up a stray file.
"""

import datetime as dt
import os
import re
from pathlib import Path

import environ
import structlog
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lscb.accounts.sign_on.configuring import allauth_settings, origins, providers_of
from lscb.common.logs import without_secret_links, without_texts
from lscb.common.words import worded

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if "PORTAL_MODE" not in os.environ:
    environ.Env.read_env(BASE_DIR / ".env")

PORTAL_MODE = env.str("PORTAL_MODE", "production")
if PORTAL_MODE not in {"production", "demonstration", "test"}:
    raise ImproperlyConfigured(f"PORTAL_MODE is “{PORTAL_MODE}”. Set it to production, demonstration or test.")
PRODUCTION = PORTAL_MODE == "production"
DEMONSTRATION = PORTAL_MODE == "demonstration"
TESTING = PORTAL_MODE == "test"


def required(name: str, otherwise: str) -> str:
    """The variable `name`. Production does not start without it; the other modes use `otherwise`."""
    value = env.str(name, "")
    if PRODUCTION and value and value == otherwise:
        raise ImproperlyConfigured(f"{name} is the one that everybody can read in the code. Make one of your own.")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(
            f"{name} is not set. Production does not start without it: put it into the environment "
            "(.env.example says what it is for)."
        )
    return otherwise


# -- Where things are -------------------------------------------------------------------------------------------------

DATA_DIR = Path(required("DATA_DIR", str(BASE_DIR / "var"))).resolve()
PORTAL_URL = required("PORTAL_URL", "http://127.0.0.1:8000").rstrip("/")
DATA_DIR.mkdir(parents=True, exist_ok=True)

# -- The board --------------------------------------------------------------------------------------------------------

BOARD_NAME = env.str("BOARD_NAME", "Southampton Local Safeguarding Children Board")
BOARD_SHORT_NAME = env.str("BOARD_SHORT_NAME", "Southampton LSCB")
BRAND_COLOUR = env.str("BRAND_COLOUR", "#12436D")
BOARD_EMAIL = env.str("BOARD_EMAIL", "board.team@example.org")
WORDS = "lscb.installation.reading.words"
"""The function that reads the names of things in force (`lscb/common/words.py`): the four above are the first ones,
until the board team chooses others in the browser."""

# -- Secrets ----------------------------------------------------------------------------------------------------------

SECRET_KEY = required("SECRET_KEY", "for the demonstration and the tests only, production has no default")
FIELD_ENCRYPTION_KEYS = required("FIELD_ENCRYPTION_KEYS", "ZGVtb25zdHJhdGlvbi1hbmQtdGVzdHMtb25seS1rZXk=").split(",")
if not all(re.fullmatch(r"[\w-]{43}=", key.strip(), re.ASCII) for key in FIELD_ENCRYPTION_KEYS):
    raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS holds what is not a key. .env.example says how to make one.")
TRAIL_KEY = required("TRAIL_KEY", "for the demonstration and the tests only")

# -- Django -----------------------------------------------------------------------------------------------------------

DEBUG = False
ALLOWED_HOSTS = (
    [host for host in required("ALLOWED_HOSTS", "").split(",") if host]
    if PRODUCTION
    else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is “*”, which is any host. Name the host of PORTAL_URL.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "lscb.urls"
WSGI_APPLICATION = "lscb.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "lscb.common.apps.StaticFiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "crispy_forms",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lscb.common",
    "lscb.trail",
    "lscb.accounts",
    "lscb.files",
    "lscb.jobs",
    "lscb.actions",
    "boards",
    "audits",
    "casereviews",
    "cdop",
    "training",
    "dataset",
    "lscb.reports",
    "lscb.records",
    "lscb.home",
    "lscb.installation",
    "lscb.demo",
]

MIDDLEWARE = [
    "lscb.home.counting.CountsRequests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lscb.accounts.middleware.SignInRequired",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lscb.accounts.middleware.PrivatePages",
    "lscb.accounts.middleware.SessionLimits",
    "allauth.account.middleware.AccountMiddleware",
    "lscb.accounts.middleware.SecondFactorRequired",
    "cdop.middleware.NamesNobody",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lscb.home.context.page",
            ],
        },
    }
]

# -- Database ---------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url_config(required("DATABASE_URL", f"sqlite:///{DATA_DIR / 'portal.sqlite3'}"))}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without IMMEDIATE, two writers at once fail instead of waiting for each other.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if TESTING and (suffix := env.str("TEST_DB_SUFFIX", "")):
    # Two runs of the tests at once need two databases.
    on_file = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": f"{DATA_DIR}/test_portal_{suffix}" if on_file else f"test_portal_{suffix}"}

# -- Signing in -------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of made-up people sign in
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "lscb.accounts.passwords.NotACommonOneMadeLonger"},
    {"NAME": "lscb.accounts.passwords.NotTheBoardsOwnWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "lscb.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/key"}  # of second factors; django-axes slows guessing of passwords
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_FORMS = {
    "login": "lscb.accounts.sign_in.LoginForm",
    "reset_password": "lscb.accounts.sign_in.ResetPasswordForm",  # nosec B105
    "reset_password_from_key": "lscb.accounts.sign_in.ResetPasswordKeyForm",  # nosec B105
    "change_password": "lscb.accounts.sign_in.ChangePasswordForm",  # nosec B105
    "add_email": "lscb.accounts.sign_in.AddEmailForm",
    "set_password": "lscb.accounts.sign_in.SetPasswordForm",  # nosec B105
    "reauthenticate": "lscb.accounts.sign_in.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "lscb.accounts.sign_in.AuthenticateForm",
    "reauthenticate": "lscb.accounts.sign_in.ReauthenticateCodeForm",
    "activate_totp": "lscb.accounts.sign_in.ActivateTOTPForm",
    "edit_webauthn": "lscb.accounts.sign_in.EditPasskeyForm",
}
MFA_ADAPTER = "lscb.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
SECOND_FACTOR_WAIVED = DEMONSTRATION
SIGN_ON_PROVIDERS = providers_of(env.str("SIGN_ON_PROVIDERS", ""), insecure=TESTING)
SIGN_ON_NAMES = {one["id"]: one["name"] for one in SIGN_ON_PROVIDERS}
SOCIALACCOUNT_ADAPTER = "lscb.accounts.sign_on.adapter.SignOnAdapter"
SOCIALACCOUNT_PROVIDERS = allauth_settings(SIGN_ON_PROVIDERS)
USERSESSIONS_TRACK_ACTIVITY = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "lscb.accounts.adapters.address_of_client"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("BEHIND_PROXY_COUNT", 0)

# -- Sessions, cookies, headers ---------------------------------------------------------------------------------------

SESSION_IDLE = dt.timedelta(minutes=30)
SESSION_LONGEST = dt.timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "lscb.home.views.form_expired"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^health/ready/$", r"^metrics/$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # what a page says goes into no cookie
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "object-src": [NONE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *origins(SIGN_ON_PROVIDERS)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# -- Language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# -- Static and private files -----------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_DIR", str(DATA_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
STATICFILES_DIRS = [BASE_DIR / "static" / "build"]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = TESTING  # browser tests need no collecting first
MEDIA_ROOT = DATA_DIR / "private"
FILES_URL = env.str("FILES_URL", "")  # a bucket instead, for several machines
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # of what is typed; files are not counted
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an agency with many indicators fills in a long grid
FILE_LARGEST_BYTES = env.int("FILE_LARGEST_BYTES", 25_000_000)
FILE_SCANNER = env.str("FILE_SCANNER", "")
CLAMAV_ADDRESS = env.str("CLAMAV_ADDRESS", "")
if FILE_SCANNER == "lscb.files.clamav.found_in" and not re.fullmatch(r".+:\d+", CLAMAV_ADDRESS):
    raise ImproperlyConfigured("CLAMAV_ADDRESS is not host:port. Name the ClamAV daemon that FILE_SCANNER shall ask.")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # Who serves them need not be who collected them; private files stay 0600.
        "OPTIONS": {"file_permissions_mode": 0o644},
    },
}

# -- E-mail -----------------------------------------------------------------------------------------------------------

# The demonstration keeps its mail on a page (lscb.demo); nothing leaves the machine.
EMAIL_CONFIG = env.email_url_config(required("EMAIL_URL", "smtp://127.0.0.1:2525" if TESTING else "consolemail://"))
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
OUTBOX_BACKEND = "lscb.jobs.mail.OutboxBackend"  # what lower floors and allauth send goes through the outbox too
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL", "Demonstration board <board@demonstration.invalid>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# -- Background work --------------------------------------------------------------------------------------------------

REDIS_URL = required("REDIS_URL", "")
QUEUE_DIR = DATA_DIR / "queue"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, int | str]
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 5}
else:
    QUEUE_DIR.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(QUEUE_DIR / "control"),
    }
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_ACKS_LATE = False  # the job row is the truth, the message only a doorbell
CELERY_TASK_SOFT_TIME_LIMIT = 600
CELERY_TASK_TIME_LIMIT = 660
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
JOB_HEARTBEAT = dt.timedelta(seconds=env.float("JOB_HEARTBEAT", 2))
JOB_PRESUMED_DEAD = dt.timedelta(seconds=env.float("JOB_PRESUMED_DEAD", 15))
JOB_SWEEP_EVERY = dt.timedelta(seconds=env.float("JOB_SWEEP_EVERY", 10))
JOB_BELL_FADES = 3 * JOB_SWEEP_EVERY  # the sweeper rings again, so old messages need not pile up
JOB_ATTEMPTS = 3
RENDER_MEMORY_BYTES = env.int("RENDER_MEMORY_BYTES", 2_000_000_000)
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep jobs": {
        "task": "lscb.jobs.tasks.sweep",
        "schedule": JOB_SWEEP_EVERY,
        "options": {"expires": JOB_BELL_FADES.total_seconds()},
    },
    "remind of returns": {
        "task": "audits.tasks.remind_of_returns",
        "schedule": dt.timedelta(hours=6),
        "options": {"expires": 3600},
    },
    "send e-mails": {
        "task": "lscb.jobs.tasks.send_emails",
        "schedule": dt.timedelta(seconds=15),
        "options": {"expires": 60},
    },
    "remind of challenges": {
        "task": "boards.tasks.remind",
        "schedule": crontab(hour="7", minute="0"),
        "options": {"expires": 12 * 60 * 60},
    },
    "go on with training": {
        "task": "training.tasks.go_on",
        "schedule": dt.timedelta(minutes=2),
        "options": {"expires": 120},
    },
    "remind of figures": {
        "task": "dataset.tasks.remind_of_figures",
        "schedule": crontab(hour=7, minute=30),
    },
    "go on with records": {
        "task": "lscb.records.tasks.go_on",
        "schedule": crontab(hour="*/3", minute="20"),
        "options": {"expires": 3600},
    },
    "check the data": {
        "task": "lscb.home.tasks.check_data",
        "schedule": crontab(hour=3, minute=15),
        "options": {"expires": 6 * 3600},
    },
    "send digests": {
        "task": "lscb.home.tasks.send_digests",
        "schedule": crontab(hour="7-16/3", minute=0),  # once a person and day; later rounds mend a missed one
        "options": {"expires": 3600},
    },
}

TALLY_EVERY = None if TESTING else dt.timedelta(seconds=15)  # tests count the queries of a page
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

COUNTED_ACTIONS = [
    "boards.plan.reporting.COUNTED_ACTIONS",
    "audits.multiagency.reporting.COUNTED_ACTIONS",
    "casereviews.reporting.COUNTED_ACTIONS",
]
"""Where parts on floors above the actions say which of them a figure of the annual report counts
(`lscb/common/counted.py`), by dotted path."""

THEME_WORK = ["audits.multiagency.themes.work_for", "training.themes.work_for"]
"""Functions that tell what was done for a theme of the business plan (`boards/plan/work.py`), by dotted path: parts on
floors above the board are named here, because the board must not know them."""

CACHES = {
    "default": {
        "BACKEND": "lscb.common.caching.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    if REDIS_URL and not TESTING
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# -- Forms, API -------------------------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = ["govuk"]
CRISPY_TEMPLATE_PACK = "govuk"
CRISPY_FAIL_SILENTLY = False
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "lscb.accounts.authentication.ByToken",
        "lscb.accounts.authentication.BySession",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "lscb.accounts.access.ApiPermission",
        "cdop.middleware.NamesNobodyByProgram",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["lscb.common.negotiation.Json"],
    "DEFAULT_THROTTLE_CLASSES": ["lscb.accounts.authentication.Limits"],
    "DEFAULT_FILTER_BACKENDS": ["lscb.common.programs.Filters"],
    "DEFAULT_PAGINATION_CLASS": "lscb.common.programs.Pages",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "lscb.common.describing.Description",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "lscb.common.negotiation.AlwaysJson",
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "lscb.common.programs.tell_refusal",
    "COERCE_DECIMAL_TO_STRING": True,
}
API_PER_MINUTE = {"token": env.int("API_PER_MINUTE", 300), "address": env.int("API_PER_MINUTE_AND_ADDRESS", 900)}
SPECTACULAR_SETTINGS = {
    "TITLE": worded("{board_short_name} portal"),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "ENUM_NAME_OVERRIDES": {
        "ActionState": "lscb.actions.models.State",
        "MeetingState": "boards.models.MeetingState",
        "ChallengeStatus": "boards.models.ChallengeStatus",
        "FigureStatus": "dataset.models.Status",
        "SessionState": "training.models.SessionState",
        "BookingState": "training.models.BookingState",
        "SurveyState": "boards.models.SurveyState",
        "SurveyQuestionKind": "boards.models.QuestionKind",
        "EngagementKind": "boards.models.EngagementKind",
        "GroupKind": "boards.models.GroupKind",
        "SeatKind": "boards.models.SeatKind",
        "LibraryKind": "boards.models.LibraryKind",
        "LibraryAudience": "boards.models.Audience",
        "AuditKind": "audits.models.AuditKind",
        "FrameworkAudience": "audits.models.Audience",
        "FindingKind": "audits.models.FindingKind",
        "ReviewKind": "casereviews.models.ReviewKind",
        "ReviewStage": "casereviews.models.Stage",
        "StageReached": "casereviews.api.REACHED",
        "CriterionAnswer": "casereviews.models.Answer",
        "ProceedingsKind": "casereviews.models.ProceedingsKind",
        "IndicatorKind": "dataset.models.Kind",
    },
    "SCHEMA_PATH_PREFIX": "/api/",
    "COMPONENT_SPLIT_REQUEST": True,
}

# -- Logs: what happened and where, never who wrote what --------------------------------------------------------------

DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"  # the key of the account; whose it is, only the portal knows
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_secret_links,
                without_texts,
                structlog.processors.JSONRenderer() if PRODUCTION else structlog.dev.ConsoleRenderer(colors=False),
            ],
            "keep_exc_info": False,  # the base class would print its message, after `without_texts` took it out
            "foreign_pre_chain": [structlog.processors.TimeStamper(fmt="iso"), structlog.stdlib.add_log_level],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", "INFO" if PRODUCTION else "ERROR" if TESTING else "WARNING"),
    },
    "loggers": {"axes": {"level": "ERROR"}, "weasyprint": {"level": "ERROR"}, "fontTools": {"level": "ERROR"}},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_log_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
