"""What it costs to cancel late or not to come: the charge policy decides, staff may waive, finance gets the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction

from lscb.accounts.models import Agency, User
from lscb.common.errors import RuleBroken
from lscb.common.periods import end_of_day, local_date
from lscb.common.working_days import working_days_after
from lscb.trail.services import record

from ..models import Booking, Charge, ChargePolicy, Fee, Session, Window
from ..querysets import start_of
from .programme import to_write
from .rights import must_manage


def last_day_in_time(session: Session) -> dt.date:
    """The last day on which cancelling is in time. Without a policy that is the day before the session."""
    policy = session.charge_policy
    if policy is None:
        return session.first_day - dt.timedelta(days=1)
    if policy.window == Window.WORKING:
        return working_days_after(session.first_day, -policy.days)
    return session.first_day - dt.timedelta(days=policy.days)


def is_late(session: Session, now: dt.datetime) -> bool:
    """Whether a place that is given up now is given up late."""
    if session.charge_policy is None:
        return now >= start_of(session.first_day)
    return now >= end_of_day(last_day_in_time(session))


def fee_for(session: Session, agency: Agency | None) -> Decimal | None:
    """What the policy asks of an agency for this session; None when it asks nothing."""
    policy = session.charge_policy
    if policy is None or (agency and policy.exempt.filter(pk=agency.pk).exists()):
        return None
    fee = policy.fees.filter(length=session.course.length).first()
    return fee.amount if fee else None


def charge(booking: Booking, *, reason: str, at: dt.datetime) -> Charge | None:
    """Note what is owed, in the transaction of what it is owed for."""
    amount = fee_for(booking.session, booking.agency)
    if amount is None:
        return None
    charged, _ = Charge.objects.get_or_create(
        booking=booking, defaults={"amount": amount, "arose_on": local_date(at), "reason": reason}
    )
    return charged


@transaction.atomic
def waive_charge(*, charge: Charge, reason: str, by: User, today: dt.date) -> Charge:
    """Let an agency off, with a reason; it stays in the list as waived."""
    must_manage(by)
    charge = Charge.objects.select_for_update(of=("self",)).get(pk=charge.pk)
    if charge.invoiced_on:
        raise RuleBroken("This charge was invoiced already. Ask finance for a credit note.")
    if charge.waived_on:
        raise RuleBroken("This charge was waived already.")
    if not reason.strip():
        raise RuleBroken("Say why the charge is waived.", field="reason")
    charge.waived_on, charge.waived_by, charge.waived_because = today, by, reason.strip()
    charge.save(update_fields=["waived_on", "waived_by", "waived_because"])
    record(verb="waived a charge", by=by, target=charge, reason=reason.strip())
    return charge


@transaction.atomic
def invoice_charges(*, charges: Iterable[Charge], invoice: str, on: dt.date, by: User, today: dt.date) -> int:
    """Finance sent the invoice of this number. Returns how many charges are on it."""
    must_manage(by)
    if not invoice.strip():
        raise RuleBroken("Enter the number of the invoice.", field="invoice")
    if on > today:
        raise RuleBroken("The day of the invoice must be today or earlier.", field="on")
    keys = [one.pk for one in charges]
    rows = list(Charge.objects.to_invoice().select_for_update(of=("self",)).filter(pk__in=keys))
    if not rows:
        raise RuleBroken("Tick at least one charge that is neither invoiced nor waived.", field="charges")
    if any(one.arose_on > on for one in rows):
        raise RuleBroken("The invoice cannot be older than what it is for.", field="on")
    for one in rows:
        one.invoiced_on, one.invoice = on, invoice.strip()
        one.save(update_fields=["invoiced_on", "invoice"])
        record(verb="invoiced a charge", by=by, target=one, changes={"invoice": (None, one.invoice)})
    return len(rows)


@transaction.atomic
def set_policy(
    *,
    policy: ChargePolicy | None = None,
    version: int | None = None,
    name: str,
    days: int,
    window: str,
    charges_absence: bool,
    fees: Mapping[str, Decimal | None],
    exempt: Iterable[Agency] = (),
    by: User | None,
) -> ChargePolicy:
    """Add a charge policy, or change one; then `version` is the one that was read.

    `fees` gives an amount per length; None or zero means that it costs nothing.

    What was charged before stays as it was: a charge keeps the amount of its day.
    """
    must_manage(by)
    row = to_write(ChargePolicy(), policy, version, what="this policy")
    if not name.strip():
        raise RuleBroken("Enter the name of the policy.", field="name")
    if ChargePolicy.objects.filter(name__iexact=name.strip()).exclude(pk=row.pk).exists():
        raise RuleBroken("There is a policy of this name already.", field="name")
    row.name, row.days, row.window, row.charges_absence = name.strip(), days, window, charges_absence
    row.save()
    row.exempt.set(exempt)
    row.fees.all().delete()
    asked = [Fee(policy=row, length=length, amount=amount) for length, amount in fees.items() if amount]
    Fee.objects.bulk_create(asked)
    told = ", ".join(f"{one.get_length_display()} {one.amount}" for one in asked)
    verb = "changed a charge policy" if policy else "added a charge policy"
    record(verb=verb, by=by, target=row, changes={"fees": (None, told or "none")})
    return row
