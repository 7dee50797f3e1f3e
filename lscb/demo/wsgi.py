"""What the demonstration serves, on this machine only."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lscb.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402

if not settings.DEMONSTRATION:
    raise ImproperlyConfigured("The demonstration's server starts with PORTAL_MODE=demonstration only.")
