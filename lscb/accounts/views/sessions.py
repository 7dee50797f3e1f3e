"""Where somebody is signed in. Everybody sees it; ending the others asks for password or second factor again.

Otherwise whoever finds an open browser could shut its owner out everywhere else.
"""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.views import list_usersessions

own_sessions = reauthentication_required(list_usersessions, allow_get=True)
