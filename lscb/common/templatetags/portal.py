"""Tags and filters of the page templates: error summary, form widgets, dates, numbers, frames.

Nothing here is meant for the rows of a long table: rows are plain markup over values made in Python.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BaseForm, BaseFormSet
from django.forms import widgets as w
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.template.base import Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lscb.common import rounding
from lscb.common.chapters import Table
from lscb.common.letters import own_paragraph
from lscb.common.periods import LONDON, MONTH_NAMES

register = template.Library()


# ---- Words and numbers ----------------------------------------------------------------------------------------------


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """ "3 June 2026"; a moment is given as its day in London."""
    if value is None or value == "":
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(LONDON)
    return f"{value.day} {MONTH_NAMES[value.month - 1]} {value.year}"


@register.filter
def moment(value: dt.datetime | None) -> str:
    """ "3 June 2026, 14.05", in London."""
    if value is None or value == "":
        return ""
    local = value.astimezone(LONDON)
    return f"{day(local)}, {local.hour}.{local.minute:02d}"


@register.filter
def number(value: Decimal | int | None, places: int = 0) -> str:
    """Rounded half up, thousands by comma."""
    return "" if value is None or value == "" else rounding.show(value, int(places))


@register.filter
def money(value: Decimal | None) -> str:
    return "" if value is None or value == "" else rounding.show_money(Decimal(value))


@register.simple_tag(name="own_words")
def own_words_tag(mail: str, **facts: Any) -> str:
    """The team's own paragraph in an e-mail of this kind; what is named here is what the paragraph may name."""
    return own_paragraph(mail, **facts)


@register.filter
def drawing(value: str) -> SafeString:
    """A picture drawn by `lscb.common.charts`, put into the page as it is. Anything else is escaped."""
    text = str(value)
    if text.startswith("<svg") and text.rstrip().endswith("</svg>"):
        return mark_safe(text)  # nosec B308 B703: our own charts escape every text
    return format_html("{}", text)


@register.simple_block_tag
def frame(content: SafeString, label: str) -> SafeString:
    """A frame in which a wide table scrolls by itself, also by keyboard: `{% frame "Challenges" %}…{% endframe %}`."""
    return format_html('<div class="lscb-frame" tabindex="0" role="region" aria-label="{}">{}</div>', label, content)


# ---- Errors ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SummaryError:
    """A line of the error summary; `target` is the id of an element that takes the focus, or empty."""

    text: str
    target: str = ""


@register.filter
def focus_id(field: BoundField) -> str:
    """The id of the element that an error about `field` leads to: always one that can be focused.

    Radios and checkboxes: the first choice. Several fields in one: the first wrong part. Hidden fields: none.
    """
    widget = field.field.widget
    base = widget.attrs.get("id") or field.auto_id
    if not base or widget.is_hidden:
        return ""
    if isinstance(widget, w.RadioSelect | w.CheckboxSelectMultiple):
        return f"{base}_0"
    if isinstance(widget, w.MultiWidget):
        return f"{base}_{min(wrong_parts(field), default=0)}"
    return str(base)


def wrong_parts(field: BoundField) -> set[int]:
    """Which parts of a field of several parts the errors are about (`params={"parts": [0, 2]}`)."""
    return {part for error in field.errors.as_data() for part in (error.params or {}).get("parts", ())}


def errors_of(form: BaseForm) -> Iterable[SummaryError]:
    """The errors of a bound form in the order of its fields, those of the whole form last."""
    if not form.is_bound:
        return
    errors: ErrorDict = form.errors
    for name in form.fields:
        if name in errors:
            field = form[name]
            target = "" if field.is_hidden else focus_id(field)
            yield from (SummaryError(str(text), target) for text in field.errors)
    if not form.non_field_errors():
        return
    first = next((focus_id(field) for field in form.visible_fields()), "")
    yield from (SummaryError(str(text), first) for text in form.non_field_errors())


@register.inclusion_tag("includes/error_summary.html")
def error_summary(*sources: Any) -> dict[str, Any]:
    """ "There is a problem", with a link to each wrong field of forms (one or a list of them) and formsets."""
    errors: list[SummaryError] = []
    for source in (each for one in sources for each in (one if isinstance(one, list) else [one])):
        if isinstance(source, BaseFormSet):
            errors += [SummaryError(str(text)) for text in (source.non_form_errors() if source.is_bound else [])]
            errors += [error for form in source.forms for error in errors_of(form)]
        elif isinstance(source, BaseForm):
            errors += errors_of(source)
    return {"errors": errors}


@register.filter
def has_errors(source: Any) -> bool:
    """Whether a form or formset was refused."""
    if isinstance(source, BaseFormSet):
        return source.is_bound and not source.is_valid()
    return isinstance(source, BaseForm) and source.is_bound and bool(source.errors)


# ---- Form fields ----------------------------------------------------------------------------------------------------


@register.filter
def kind(field: BoundField) -> str:
    """Which template of the crispy pack draws the field."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, w.CheckboxSelectMultiple):  # before RadioSelect, whose child it is
        return "checkboxes"
    if isinstance(widget, w.RadioSelect):
        return "radios"
    if isinstance(widget, w.CheckboxInput):
        return "checkbox"
    if isinstance(widget, w.MultiWidget):
        return "parts"
    if isinstance(widget, w.PasswordInput):
        return "password"
    return "one"


def _classes(widget: w.Widget, wrong: bool) -> str:
    """The classes of govuk-frontend for a widget, after those the form gave it."""
    if isinstance(widget, w.Select):
        name = "govuk-select"
    elif isinstance(widget, w.Textarea):
        name = "govuk-textarea"
    elif isinstance(widget, w.FileInput):
        name = "govuk-file-upload"
    else:
        name = "govuk-input"
    own = widget.attrs.get("class", "")
    return " ".join(part for part in (name, f"{name}--error" if wrong else "", own) if part)


@register.simple_tag
def govuk_widget(field: BoundField, more: str = "") -> SafeString:
    """The field's input in the look of GOV.UK; Django ties it to its hint and error and says when it is wrong."""
    widget = field.field.widget
    attrs: dict[str, Any] = {"class": f"{_classes(widget, bool(field.errors))} {more}".strip()}
    if isinstance(widget, w.Textarea) and "rows" not in widget.attrs:
        attrs["rows"] = "5"
    if "placeholder" in widget.attrs:  # it vanishes while one types and is too pale to read: labels and hints do better
        attrs["placeholder"] = False
    return field.as_widget(attrs=attrs)


@register.filter
def parts(field: BoundField) -> list[dict[str, Any]]:
    """The inputs of a field of several parts: label, id, name, value, class and whether that part is wrong."""
    widget = field.field.widget
    wrong = wrong_parts(field) or (set(range(len(widget.widgets))) if field.errors else set())
    labels = getattr(field.field, "part_labels", None) or ("From", "To")
    context = widget.get_context(field.html_name, field.value(), {"id": field.auto_id})["widget"]
    return [
        {
            "label": label,
            "id": part["attrs"]["id"],
            "name": part["name"],
            "value": "" if part["value"] is None else part["value"],
            "class": part["attrs"].get("class", ""),
            "inputmode": part["attrs"].get("inputmode", ""),
            "autocomplete": part["attrs"].get("autocomplete", ""),
            "wrong": number in wrong,
        }
        for number, (label, part) in enumerate(zip(labels, context["subwidgets"], strict=True))
    ]


@register.filter
def choices(field: BoundField) -> list[dict[str, Any]]:
    """The choices of radios or checkboxes, each with its hint when the field has `choice_hints`."""
    hints = getattr(field.field, "choice_hints", {})
    return [
        {
            "label": option.choice_label,
            "id": option.id_for_label,
            "name": option.data["name"],
            "value": str(option.data["value"]),
            "selected": option.data["selected"],
            "disabled": bool(option.data["attrs"].get("disabled")),
            "hint": hints.get(str(option.data["value"]), ""),
        }
        for option in field.subwidgets
    ]


@register.filter
def is_short(field: BoundField) -> bool:
    """Two short choices, such as Yes and No, stand beside each other."""
    options = list(field.subwidgets)
    return len(options) == 2 and all(len(str(option.choice_label)) <= 5 for option in options)


@register.filter
def labelled_optional(field: BoundField) -> bool:
    """Whether "(optional)" is to follow the label: only what need not be answered is marked."""
    label = str(field.label).lower()
    return not field.field.required and "optional" not in label and not isinstance(field.field.widget, w.CheckboxInput)


# ---- Tables of a report ---------------------------------------------------------------------------------------------


@register.filter
def rows_of(table: Table) -> list[dict[str, Any]]:
    """The rows of a `Table` as texts, each with whether its column is numeric; the total comes last."""
    numeric = [column.numeric for column in table.columns]
    rows: list[dict[str, Any]] = [{"cells": list(zip(row, numeric, strict=True)), "total": False} for row in table.rows]
    if table.total is not None:
        rows.append({"cells": list(zip(table.total, numeric, strict=True)), "total": True})
    return rows


# ---- Two columns ----------------------------------------------------------------------------------------------------


class ColumnsNode(template.Node):
    """The page, and beside it (under it on a phone) what belongs to it; one column when there is nothing beside."""

    child_nodelists = ("main", "side")

    def __init__(self, main: template.NodeList, side: template.NodeList) -> None:
        self.main = main
        self.side = side

    def render(self, context: template.Context) -> SafeString:
        main, side = self.main.render(context), self.side.render(context)
        if not side.strip():
            return main
        return format_html('<div class="lscb-columns"><div>{}</div><aside>{}</aside></div>', main, side)


@register.tag
def columns(parser: Parser, token: Token) -> ColumnsNode:
    """`{% columns %}…{% beside %}…{% endcolumns %}`"""
    main = parser.parse(("beside",))
    parser.delete_first_token()
    side = parser.parse(("endcolumns",))
    parser.delete_first_token()
    return ColumnsNode(main, side)
