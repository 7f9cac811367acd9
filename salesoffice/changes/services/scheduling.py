"""Another payment plan, and other days for what is still to be paid."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from flask_babel import lazy_gettext as _l

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field
from salesoffice.changes.services.agreement import (
    Agreement,
    amend,
    get_agreement,
    name_field,
    refuse_draft,
    refuse_unchanged,
)
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.changes.services.reading import is_id, read_day, read_plan, read_rate, stored_values
from salesoffice.changes.services.schedules import (
    Loan,
    check_lent,
    check_unmoved,
    current_drafts,
    days_later,
    draft_price,
    find_loan,
    first_due,
    list_drafts,
    put_schedule,
    read_drafts,
    show_share,
    with_difference,
)
from salesoffice.contracts.services.amending import Amendment
from salesoffice.core.errors import DomainError, Text
from salesoffice.core.permissions import Actor
from salesoffice.payments.enums import PlanKind
from salesoffice.payments.models import Instalment
from salesoffice.payments.rules import InstalmentDraft
from salesoffice.payments.services.accounts import list_open_instalments
from salesoffice.reservations.services.amending import amend_plan

LONGEST_DAYS = 3660
"""No payment is put off beyond so many days after the paper of its change."""


def plan(scene: Scene, terms: Values) -> ChangePlan:
    """Plan another `payment_plan`, with its own `down_payment_rate` (a share like "0.40"; the project's when left out).

    The schedule is made anew from the day the contract is due or was signed and adds up to the price. `measure` is by
    how many days the last payment moves later. A smaller down payment than the project's must be approved.
    """
    agreement = get_agreement(scene)
    refuse_draft(agreement)
    wanted = read_plan(terms, "payment_plan")
    loan = Loan(_read_share(scene, wanted, terms))
    current = current_drafts(scene, agreement.account)
    drafts = _draft(agreement, wanted, loan, current)
    check_lent(scene, agreement.account, drafts, "payment_plan")
    is_lent, was_lent = wanted is PlanKind.MORTGAGE, agreement.account.plan_kind is PlanKind.MORTGAGE
    before = find_loan(scene, agreement)
    planned = ChangePlan(
        old={
            "plan": agreement.account.plan_kind.value,
            "down_payment_rate": str(before.down_payment_rate) if was_lent else None,
            "instalments": list_drafts(current),
        },
        new={
            "plan": wanted.value,
            "down_payment_rate": str(loan.down_payment_rate) if is_lent else None,
            "instalments": list_drafts(drafts),
        },
        measure=days_later(drafts, current),
        must_be_approved=_find_reason(scene, loan) if is_lent else None,
    )
    return refuse_unchanged(planned, "payment_plan")


def apply(scene: Scene, _terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Put the plan into account, agreement and contract; without a loan there is no bank any more."""
    agreement = get_agreement(scene)
    wanted = PlanKind(str(plan.new["plan"]))
    put_schedule(scene, agreement.account, change, actor, _stored_drafts(plan.new), wanted)
    amend_plan(scene.session, agreement.subscription, actor=actor, plan=wanted, reason=change.number)
    amend(agreement, scene, change, actor, Amendment(plan=wanted))
    if wanted is not PlanKind.MORTGAGE:
        scene.deal.loan_bank, scene.deal.loan_years = "", None
        scene.session.flush()


def plan_dates(scene: Scene, terms: Values) -> ChangePlan:
    """Plan other days for what is still to be paid: `dates` lists {position, due_on}; amounts stay.

    `measure` is the largest number of days by which a payment moves later. Refused by the field `dates`: a payment that
    there is not or that is paid, days before the paper or ten years after it, days out of the order of the payments.
    """
    agreement = get_agreement(scene)
    rows = list_open_instalments(scene.session, agreement.account.id)
    current = current_drafts(scene, agreement.account)
    days = _read_dates(terms, {row.position: row for row in rows}, scene.entry.signed_on)
    drafts = [replace(draft, due_on=days.get(draft.position, draft.due_on)) for draft in current]
    _check_order(drafts)
    later = [(new.due_on - old.due_on).days for new, old in zip(drafts, current, strict=True)]
    planned = ChangePlan(
        old={"instalments": list_drafts(current)},
        new={"instalments": list_drafts(drafts)},
        measure=max(*later, 0),
    )
    return refuse_unchanged(planned, "dates")


def apply_dates(scene: Scene, _terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Put the new days in force."""
    account = get_agreement(scene).account
    put_schedule(scene, account, change, actor, _stored_drafts(plan.new), account.plan_kind)


def restore_dates(scene: Scene, change: Change, actor: Actor) -> None:
    """Put the days back as they were; refused when the schedule is no longer as the change left it."""
    account = get_agreement(scene).account
    check_unmoved(scene, account, change)
    drafts = _stored_drafts(stored_values(change.old_values))
    put_schedule(scene, account, change, actor, drafts, account.plan_kind)


def _read_share(scene: Scene, wanted: PlanKind, terms: Values) -> Decimal:
    rate = read_rate(terms, "down_payment_rate")
    if rate is None:
        return scene.project.down_payment_rate
    if wanted is not PlanKind.MORTGAGE:
        raise refuse_field("down_payment_rate", _l("Only a plan with a loan has a share of down payment."))
    if rate == 1:
        raise refuse_field("down_payment_rate", _l("This leaves no loan. Choose payment in full."))
    return rate


def _find_reason(scene: Scene, loan: Loan) -> Text | None:
    usual = scene.project.down_payment_rate
    if loan.down_payment_rate >= usual:
        return None
    return _l("The down payment is less than the project's %(rate)s.", rate=show_share(usual))


def _draft(
    agreement: Agreement, wanted: PlanKind, loan: Loan, current: list[InstalmentDraft]
) -> list[InstalmentDraft]:
    subscription = agreement.subscription
    try:
        drafts = draft_price(
            wanted,
            price=agreement.price,
            deposit=subscription.deposit_amount,
            signed_on=subscription.signed_on,
            due_on=first_due(agreement),
            loan=loan,
        )
    except DomainError as refusal:
        raise name_field(refusal, "payment_plan") from refusal
    return with_difference(agreement.account, drafts, current)


def _read_dates(terms: Values, rows: Mapping[int, Instalment], signed_on: date) -> Mapping[int, date]:
    entries = terms.get("dates")
    if not isinstance(entries, list | tuple) or not all(isinstance(entry, dict) for entry in entries):
        raise refuse_field("dates", _l("Name the payments and their new days."))
    days: dict[int, date] = {}
    for entry in entries:
        position, day = entry.get("position"), _read_day(entry)
        row = rows.get(position) if is_id(position) else None
        if row is None:
            raise refuse_field("dates", _l("There is no such payment in the schedule. Look at it again."))
        if day == row.due_on:
            continue
        if row.paid_amount == row.amount:
            raise refuse_field(
                "dates", _l("Payment %(number)s is paid already; its day stays.", number=row.position)
            )
        if not signed_on <= day <= signed_on + timedelta(days=LONGEST_DAYS):
            raise refuse_field(
                "dates",
                _l("The new day of payment %(number)s lies on or after the day of the paper, at most ten years.",
                   number=row.position),
            )  # fmt: skip
        days[row.position] = day
    return days


def _read_day(entry: Values) -> date:
    try:
        return read_day(entry, "due_on")
    except DomainError as refusal:
        raise refuse_field("dates", refusal.message) from refusal


def _check_order(drafts: list[InstalmentDraft]) -> None:
    for before, after in pairwise(drafts):
        if after.due_on < before.due_on:
            raise refuse_field(
                "dates",
                _l("Payment %(later)s cannot be due before payment %(number)s. Move both.",
                   later=after.position, number=before.position),
            )  # fmt: skip


def _stored_drafts(values: Values) -> list[InstalmentDraft]:
    rows = values["instalments"]
    return read_drafts(rows) if isinstance(rows, list) else []


HANDLER = ChangeHandler(ChangeKind.SCHEDULE, plan, apply)
DATES_HANDLER = ChangeHandler(ChangeKind.PAYMENT_DATES, plan_dates, apply_dates, restore=restore_dates)
