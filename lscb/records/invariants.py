"""Rules of the records room that no constraint can hold."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from .classes import classes
from .models import Destruction, Hold, RetentionRule, TakeOut
from .services.destroying import digest_of


def broken(today: dt.date) -> Iterator[str]:
    """Lists are as they were frozen, certificates and archives are there, and every class that is named exists."""
    for one in Destruction.objects.prefetch_related("items"):
        if digest_of(one.items.all()) != one.digest:
            yield f"Records: the list of destruction {one.pk} is not the one that was frozen."
        if one.certificate and not one.certificate.storage.exists(str(one.certificate.name)):
            yield f"Records: the certificate of destruction {one.pk} is missing."
    for taken in TakeOut.objects.exclude(file=""):
        if not taken.file.storage.exists(str(taken.file.name)):
            yield f"Records: the archive of take-out {taken.pk} is missing."
            continue
        with taken.open_archive() as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != taken.sha256:
                yield f"Records: the archive of take-out {taken.pk} is not the one that was made."
    known = {kept.slug for kept in classes()}
    for model in (RetentionRule, Hold, Destruction):
        for slug in model._default_manager.exclude(slug__in=known).values_list("slug", flat=True):
            yield f"Records: there is no class “{slug}”."
