"""The schedule that a change makes: for another price or plan, with the loan that was agreed. Amounts in fen."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangeStale, refuse_field
from salesoffice.changes.services.agreement import Agreement
from salesoffice.changes.services.area import spread_difference
from salesoffice.changes.services.handling import Scene
from salesoffice.changes.services.reading import stored_values
from salesoffice.contracts.queries import SIGNED_STATES
from salesoffice.core.money import format_yuan
from salesoffice.core.permissions import Actor
from salesoffice.offers.rules import show_number
from salesoffice.payments.enums import InstalmentKind, PlanKind
from salesoffice.payments.models import Account
from salesoffice.payments.rules import InstalmentDraft, build_schedule
from salesoffice.payments.services import reschedule
from salesoffice.payments.services.accounts import list_open_instalments

LOAN_STEP = 10_000_00
"""A bank lends whole 10,000 yuan; the rest goes to the down payment."""


class Loan(NamedTuple):
    """How much a bank lends: so much (fen), or what the down payment (a share of the price) leaves."""

    down_payment_rate: Decimal
    amount: int | None = None


def find_loan(scene: Scene, agreement: Agreement) -> Loan:
    """Find what was last agreed about the loan under the agreement in force; the project's usual share otherwise."""
    statement = (
        select(Change.new_values)
        .where(
            Change.deal_id == scene.deal.id,
            Change.kind.in_((ChangeKind.SCHEDULE, ChangeKind.LOAN)),
            Change.state == ChangeState.APPLIED,
            Change.applied_at >= agreement.subscription.entered_at,
        )
        .order_by(Change.applied_at.desc(), Change.id.desc())
    )
    usual = scene.project.down_payment_rate
    stored = scene.session.scalars(statement).first()
    values = {} if stored is None else stored_values(stored)
    return Loan(Decimal(values.get("down_payment_rate") or usual), values.get("loan_fen"))


def first_due(agreement: Agreement) -> date:
    """Return the day from which a schedule counts: the contract was signed, or is to be signed by then."""
    contract = agreement.contract
    is_signed = contract is not None and contract.state in SIGNED_STATES
    return contract.signed_on if contract is not None and is_signed else agreement.subscription.sign_by


def draft_price(
    plan: PlanKind, *, price: int, deposit: int, signed_on: date, due_on: date, loan: Loan
) -> list[InstalmentDraft]:
    """Draft the schedule of a price: like a new one, with the agreed loan. Refused with ScheduleImpossible, or by the
    field `loan_fen` when price less deposit leaves less than the loan.
    """
    drafts = build_schedule(
        plan,
        total=price,
        deposit=deposit,
        signed_on=signed_on,
        sign_by=due_on,
        down_payment_rate=loan.down_payment_rate,
    )
    if plan is not PlanKind.MORTGAGE or loan.amount is None:
        return list(drafts)
    own = price - deposit - loan.amount
    if own < 0:
        raise refuse_field(
            "loan_fen", _l("Deposit and loan together are more than the price. Lower the loan.")
        )
    lent = next(draft for draft in drafts if draft.is_loan)
    rows = [
        InstalmentDraft(1, InstalmentKind.DEPOSIT, signed_on, deposit, is_loan=False),
        InstalmentDraft(2, InstalmentKind.DOWN_PAYMENT, due_on, own, is_loan=False),
        replace(lent, amount=loan.amount),
    ]
    return number_drafts([row for row in rows if row.amount])


def current_drafts(scene: Scene, account: Account) -> list[InstalmentDraft]:
    """Return the schedule in force, an area difference in it."""
    return [
        InstalmentDraft(row.position, row.kind, row.due_on, row.amount, row.is_loan)
        for row in list_open_instalments(scene.session, account.id)
    ]


def with_difference(
    account: Account, drafts: list[InstalmentDraft], current: Sequence[InstalmentDraft]
) -> list[InstalmentDraft]:
    """Put the area difference of an account, if it has one, into the drafts of its price, due as it is now."""
    days = [draft.due_on for draft in current if draft.kind is InstalmentKind.AREA_DIFFERENCE]
    due_on = days[0] if days else drafts[-1].due_on
    return spread_difference(drafts, account.area_difference_amount, due_on)


def keep_days(drafts: list[InstalmentDraft], current: Sequence[InstalmentDraft]) -> list[InstalmentDraft]:
    """Leave the due days as they are where a schedule keeps its parts: what was postponed stays so."""
    if [draft.kind for draft in drafts] != [draft.kind for draft in current]:
        return drafts
    return [replace(draft, due_on=old.due_on) for draft, old in zip(drafts, current, strict=True)]


def number_drafts(drafts: Sequence[InstalmentDraft]) -> list[InstalmentDraft]:
    """Count the positions of drafts anew, from 1."""
    return [replace(draft, position=position) for position, draft in enumerate(drafts, start=1)]


def put_schedule(
    scene: Scene,
    account: Account,
    change: Change,
    actor: Actor,
    drafts: Sequence[InstalmentDraft],
    plan: PlanKind,
) -> None:
    """Put a schedule in force; the money on the account pays it, a surplus stays on the account."""
    reschedule(
        scene.session,
        account,
        actor=actor,
        total=sum(draft.amount for draft in drafts),
        plan=plan,
        drafts=drafts,
        reason=change.number,
    )


def list_drafts(drafts: Sequence[InstalmentDraft]) -> list[list[object]]:
    """Write a schedule as values of a change, in its order: kind, day, fen."""
    return [[draft.kind.value, draft.due_on.isoformat(), draft.amount] for draft in drafts]


def read_drafts(rows: Sequence[Sequence[Any]]) -> list[InstalmentDraft]:
    """Read a schedule back from the values of a change."""
    loans = {InstalmentKind.MORTGAGE, InstalmentKind.PROVIDENT_FUND}
    kinds = [InstalmentKind(row[0]) for row in rows]
    return [
        InstalmentDraft(position, kind, date.fromisoformat(row[1]), row[2], kind in loans)
        for position, (kind, row) in enumerate(zip(kinds, rows, strict=True), start=1)
    ]


def lent_amount(drafts: Sequence[InstalmentDraft]) -> int:
    """Return how much of a schedule a bank pays (fen)."""
    return sum(draft.amount for draft in drafts if draft.is_loan)


def days_later(drafts: Sequence[InstalmentDraft], current: Sequence[InstalmentDraft]) -> int:
    """Return by how many days the last payment moves later; 0 when it does not."""
    return max((drafts[-1].due_on - current[-1].due_on).days, 0)


def check_lent(scene: Scene, account: Account, drafts: Sequence[InstalmentDraft], field: str) -> None:
    """Refuse, by a field, a schedule whose loan is less than what the bank has paid already."""
    rows = list_open_instalments(scene.session, account.id)
    paid = sum(row.paid_amount for row in rows if row.is_loan)
    if lent_amount(drafts) < paid:
        raise refuse_field(
            field,
            _l(
                "The bank has paid %(amount)s yuan already; the loan cannot be less.",
                amount=format_yuan(paid),
            ),
        )


def check_unmoved(scene: Scene, account: Account, change: Change) -> None:
    """Refuse with ChangeStale to undo a change whose schedule has been changed since."""
    if list_drafts(current_drafts(scene, account)) != stored_values(change.new_values)["instalments"]:
        raise ChangeStale(change.number, ("instalments",))


def show_share(rate: Decimal) -> str:
    """Write a share for people: 30 %."""
    return f"{show_number(rate * 100)} %"
