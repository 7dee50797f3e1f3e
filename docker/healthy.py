"""Asks the portal in this container whether it answers and reaches its database; ends with 1 when it does not."""

import http.client
import os
import sys

portal = http.client.HTTPConnection("127.0.0.1:8000", timeout=4)
portal.request("GET", "/health/", headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0].lstrip(".")})
sys.exit(portal.getresponse().status != http.HTTPStatus.OK)
