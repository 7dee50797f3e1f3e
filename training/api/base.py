"""Who runs the training programme."""

from __future__ import annotations

from lscb.accounts.permissions import Permission
from lscb.accounts.programs import holds

MANAGES = holds(Permission.MANAGE_TRAINING)
MAY_MANAGE = (Permission.MANAGE_TRAINING,)
