"""Another bank, another time, another amount of the loan."""

from flask_babel import lazy_gettext as _l

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, ChangeStale, Values, refuse_field
from salesoffice.changes.services.agreement import Agreement, get_agreement, name_field, refuse_unchanged
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.changes.services.reading import read_count, read_text, stored_values
from salesoffice.changes.services.schedules import (
    LOAN_STEP,
    Loan,
    check_lent,
    check_unmoved,
    current_drafts,
    draft_price,
    find_loan,
    first_due,
    keep_days,
    lent_amount,
    list_drafts,
    put_schedule,
    read_drafts,
    show_share,
    with_difference,
)
from salesoffice.core.errors import DomainError, Text, WrongState
from salesoffice.core.money import rate_of, round_down_to
from salesoffice.core.permissions import Actor
from salesoffice.payments.enums import PlanKind
from salesoffice.payments.rules import InstalmentDraft

LONGEST_YEARS = 40
LONGEST_BANK = 100


def plan(scene: Scene, terms: Values) -> ChangePlan:
    """Plan `bank`, `years` and, where it changes, `loan_fen`: rounded down to whole 10,000 yuan, the rest goes to the
    down payment; due days stay.

    `measure` is by how much the loan changes (fen). A loan beyond what the project's down payment leaves must be
    approved. Refused: a sale without a loan (WrongState), fewer than 1 or more than 40 years, less than the bank has paid.
    """
    agreement = get_agreement(scene)
    if agreement.account.plan_kind is not PlanKind.MORTGAGE:
        raise WrongState(_l("This sale is paid without a loan. Change the payment plan first."))
    bank, years = read_text(terms, "bank", longest=LONGEST_BANK), read_count(terms, "years")
    if not 1 <= years <= LONGEST_YEARS:
        raise refuse_field("years", _l("A loan runs for 1 to %(count)s years.", count=LONGEST_YEARS))
    current = current_drafts(scene, agreement.account)
    lent = lent_amount(current)
    amount = lent if terms.get("loan_fen") is None else _read_amount(terms, agreement)
    drafts = current if amount == lent else _draft(scene, agreement, amount, current)
    check_lent(scene, agreement.account, drafts, "loan_fen")
    planned = ChangePlan(
        old=_values(scene.deal.loan_bank, scene.deal.loan_years, lent, current),
        new=_values(bank, years, amount, drafts),
        measure=abs(amount - lent),
        must_be_approved=_find_reason(scene, agreement, amount, lent),
    )
    return refuse_unchanged(planned, "bank")


def apply(scene: Scene, _terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Note bank and years on the sale, and put the schedule with the new loan in force."""
    _put(scene, plan.old, plan.new, actor, change)


def restore(scene: Scene, change: Change, actor: Actor) -> None:
    """Put bank, years and loan back; refused with ChangeStale when they are no longer as the change left them."""
    old, new = stored_values(change.old_values), stored_values(change.new_values)
    if (scene.deal.loan_bank, scene.deal.loan_years) != (new["bank"], new["years"]):
        raise ChangeStale(change.number, ("bank", "years"))
    check_unmoved(scene, get_agreement(scene).account, change)
    _put(scene, new, old, actor, change)


def _put(scene: Scene, before: Values, after: Values, actor: Actor, change: Change) -> None:
    years, rows = after["years"], after["instalments"]
    scene.deal.loan_bank = str(after["bank"])
    scene.deal.loan_years = years if isinstance(years, int) else None
    scene.session.flush()
    if before["instalments"] != rows and isinstance(rows, list):
        put_schedule(scene, get_agreement(scene).account, change, actor, read_drafts(rows), PlanKind.MORTGAGE)


def _read_amount(terms: Values, agreement: Agreement) -> int:
    amount = round_down_to(max(read_count(terms, "loan_fen"), 0), LOAN_STEP)
    if not 0 < amount <= agreement.price:
        raise refuse_field("loan_fen", _l("A loan is at least 10,000 yuan and less than the price."))
    return amount


def _draft(
    scene: Scene, agreement: Agreement, amount: int, current: list[InstalmentDraft]
) -> list[InstalmentDraft]:
    subscription, known = agreement.subscription, find_loan(scene, agreement)
    try:
        drafts = draft_price(
            PlanKind.MORTGAGE,
            price=agreement.price,
            deposit=subscription.deposit_amount,
            signed_on=subscription.signed_on,
            due_on=first_due(agreement),
            loan=Loan(known.down_payment_rate, amount),
        )
    except DomainError as refusal:
        raise name_field(refusal, "loan_fen") from refusal
    return keep_days(with_difference(agreement.account, drafts, current), current)


def _find_reason(scene: Scene, agreement: Agreement, amount: int, lent: int) -> Text | None:
    usual = scene.project.down_payment_rate
    if amount <= max(agreement.price - rate_of(agreement.price, usual), lent):
        return None
    return _l("The down payment is less than the project's %(rate)s.", rate=show_share(usual))


def _values(bank: str, years: int | None, amount: int, drafts: list[InstalmentDraft]) -> Values:
    return {"bank": bank, "years": years, "loan_fen": amount, "instalments": list_drafts(drafts)}


HANDLER = ChangeHandler(ChangeKind.LOAN, plan, apply, restore=restore)
