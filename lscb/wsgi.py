"""What gunicorn serves. It serves production only: the demonstration has no second factor."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lscb.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402

if not settings.PRODUCTION:
    raise ImproperlyConfigured(
        f"PORTAL_MODE is “{settings.PORTAL_MODE}”. A public server starts with PORTAL_MODE=production only."
    )
