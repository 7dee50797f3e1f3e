"""The page of the search. What is typed may be a name: it is sent, and never stands in an address."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.views.generic import FormView

from lscb.accounts.access import Guarded
from lscb.accounts.permissions import Permission
from lscb.common.limits import is_within
from lscb.records.access import SEARCHERS
from lscb.records.forms import SearchForm
from lscb.records.searching import search

MOST, PERIOD = 30, dt.timedelta(minutes=1)
TOO_MANY = "You searched very often just now. Wait a minute, then search again."


class Search(Guarded, FormView):
    scope = SEARCHERS
    form_class = SearchForm
    template_name = "records/search.html"

    def form_valid(self, form: SearchForm) -> HttpResponse:
        if not is_within("search", str(self.user.pk), most=MOST, period=PERIOD):
            form.add_error(None, TOO_MANY)
            return self.render_to_response(self.get_context_data(form=form), status=429)
        found = search(form.cleaned_data["words"], self.user)
        return self.render_to_response(self.get_context_data(form=form, searched=True, found=found))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_break_glass = self.user.may(Permission.BREAK_GLASS)
        return super().get_context_data(title="Search", may_break_glass=may_break_glass, **kwargs)
