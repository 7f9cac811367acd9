"""Cancellation, forfeiture and void, with the figures of the law: what is kept, what is paid back, where the unit goes."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState, Fault
from salesoffice.changes.models import Change
from salesoffice.changes.services import request_change
from salesoffice.changes.tasks import forfeit_all
from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.deals.enums import ClaimEnd, DealState, UnitState
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import unit_state
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import AccountState, ReceiptKind
from salesoffice.payments.models import Account
from salesoffice.projects.models import Project
from salesoffice.reservations.enums import ProvisionalState, SubscriptionState
from salesoffice.reservations.models import ProvisionalOrder, Subscription
from salesoffice.reservations.services import sign_provisional
from tests.changes.sales import ask, contract, entry, file, pay, require_approval, sell, sign
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_buyer, make_draft
from tests.support.faults import list_breaches


def money_of(session: Session, sale: Subscription) -> tuple[int, int, int]:
    """What is kept, owed beyond, and to be paid back (fen)."""
    account = session.get_one(Account, sale.deal.account_id, populate_existing=True)
    return account.retained_amount, account.compensation_amount, account.refundable_amount


def refusal_of(do: Do, change: object) -> str:
    with pytest.raises(DomainError) as caught:
        do(change)  # type: ignore[arg-type]
    return caught.value.code


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.NONE, (0, 0, 320_000_00)),
        (Fault.BUYER, (50_000_00, 0, 270_000_00)),
        (Fault.SELLER, (0, 50_000_00, 370_000_00)),
    ],
)
def test_cancelled_subscription_is_settled_by_fault(
    app: Flask,
    session: Session,
    do: Do,
    office: Office,
    sale: Subscription,
    fault: Fault,
    expected: tuple[int, ...],
) -> None:
    do(lambda w: pay(w, office, sale.deal, 270_000_00, ReceiptKind.DOWN_PAYMENT))

    made = do(lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION, fault=fault))

    ended = session.get_one(Subscription, sale.id)
    unit = session.get_one(Unit, office.units[0].id)
    assert money_of(session, sale) == expected
    assert (ended.state, ended.cancelled_on, ended.deal.state) == (
        SubscriptionState.CANCELLED, made.attributed_on, DealState.ENDED,
    )  # fmt: skip
    assert (unit_state(session, unit), made.amount_effect) == (UnitState.WITHHELD, -900_000_00)
    assert list_breaches(app) == []


def test_another_amount_than_the_rules_must_be_approved(do: Do, office: Office, sale: Subscription) -> None:
    def cancel(session: Session) -> Change:
        return ask(
            session, office, sale.deal, ChangeKind.CANCELLATION, fault=Fault.BUYER, refundable_fen=10_000_00
        )

    without = refusal_of(do, cancel)
    do(lambda w: require_approval(w, office, ChangeKind.CANCELLATION))
    asked = do(
        lambda w: ask(
            w, office, sale.deal, ChangeKind.CANCELLATION, by=office.assistant, refundable_fen=10_000_00
        )
    )

    assert (without, asked.state) == ("approval_missing", ChangeState.REQUESTED)


@pytest.mark.parametrize("amount", [-1, 50_000_01])
def test_amount_out_of_bounds_is_refused(do: Do, office: Office, sale: Subscription, amount: int) -> None:
    code = refusal_of(do, lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION, refundable_fen=amount))

    assert code == "refundable_invalid"


def test_draft_contract_is_discarded_with_the_sale(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: make_draft(w, office, w.get_one(Subscription, sale.id)))

    do(lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION))

    assert session.scalars(select(Contract.state)).all() == [ContractState.CANCELLED]
    assert session.get_one(Subscription, sale.id).state is SubscriptionState.CANCELLED
    assert list_breaches(app) == []


def test_contract_signed_online_is_cancelled(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: sign(w, office, w.get_one(Subscription, sale.id)))

    do(lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION, fault=Fault.BUYER))

    assert session.scalars(select(Contract.state)).all() == [ContractState.CANCELLED]
    assert money_of(session, sale) == (50_000_00, 0, 0)
    assert session.get_one(Deal, sale.deal_id).state is DealState.ENDED
    assert list_breaches(app) == []


def test_filed_contract_is_cancelled_after_its_filing_is_withdrawn(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: file(w, office, w.get_one(Subscription, sale.id)))

    early = refusal_of(do, lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION))
    withdrawn = do(lambda w: ask(w, office, sale.deal, ChangeKind.FILING_WITHDRAWAL))
    found = session.scalars(select(Contract)).one()
    state = (found.state, found.filing_no, found.filed_on, found.online_no)
    session.rollback()
    done = do(lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION))

    assert (early, done.state) == ("wrong_state", ChangeState.APPLIED)
    assert state == (ContractState.SIGNED_ONLINE, "", None, "WQ1")
    assert '"filing_no":"BA1"' in withdrawn.old_values
    assert list_breaches(app) == []


def test_provisional_order_is_cancelled_with_all_its_money(
    app: Flask, session: Session, do: Do, office: Office
) -> None:
    def order(writing: Session) -> ProvisionalOrder:
        buyer = make_buyer(writing, office)
        made = sign_provisional(
            writing, office.units[3], actor=office.actor(office.assistant), customer_id=buyer.id,
            amount=10_000_00, signed_on=clock.business_today(),
        )  # fmt: skip
        pay(writing, office, made.deal, 10_000_00, ReceiptKind.PROVISIONAL)
        return made

    made = do(order)

    do(lambda w: ask(w, office, made.deal, ChangeKind.CANCELLATION, fault=Fault.BUYER))

    account = session.get_one(Account, made.deal.account_id)
    ended = session.get_one(ProvisionalOrder, made.id)
    assert (account.retained_amount, account.refundable_amount) == (0, 10_000_00)
    assert ended.state is ProvisionalState.CANCELLED
    assert unit_state(session, session.get_one(Unit, office.units[3].id)) is UnitState.AVAILABLE
    assert list_breaches(app) == []


def test_cancellation_counts_for_the_day_it_is_attributed_to(
    session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    day = clock.business_today() - timedelta(days=2)
    said = entry(signed_on=day, attributed_on=day)

    def cancel(writing: Session) -> Change:
        return request_change(
            writing, writing.get_one(Deal, sale.deal_id), actor=office.actor(office.manager),
            kind=ChangeKind.CANCELLATION, terms={}, entry=said,
        )  # fmt: skip

    do(cancel)

    assert session.get_one(Subscription, sale.id).cancelled_on == day


def test_forfeiture_keeps_the_deposit_and_gives_back_the_rest(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: pay(w, office, sale.deal, 20_000_00, ReceiptKind.DOWN_PAYMENT))

    do(lambda w: ask(w, office, sale.deal, ChangeKind.FORFEITURE))

    claim = session.scalars(select(Claim)).one()
    assert money_of(session, sale) == (50_000_00, 0, 20_000_00)
    assert (claim.end_kind, session.get_one(Subscription, sale.id).state) == (
        ClaimEnd.FORFEIT, SubscriptionState.FORFEITED,
    )  # fmt: skip
    assert unit_state(session, session.get_one(Unit, office.units[0].id)) is UnitState.WITHHELD
    assert list_breaches(app) == []


def test_forfeited_contract_ends_as_such(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: contract(w, office, w.get_one(Subscription, sale.id)))

    do(lambda w: ask(w, office, sale.deal, ChangeKind.FORFEITURE))

    states = session.scalars(select(Contract.state)).all(), session.get_one(Subscription, sale.id).state
    assert states == ([ContractState.FORFEITED], SubscriptionState.FORFEITED)
    assert money_of(session, sale) == (50_000_00, 0, 0)
    assert list_breaches(app) == []


def forfeit_by_itself(do: Do, office: Office, *, late: int, after: int | None = 3) -> int:
    """Let the last day for signing lie `late` days back and run the sweep."""

    def prepare(session: Session) -> None:
        session.get_one(Project, office.project.id).forfeit_after_days = after
        for sale in session.scalars(select(Subscription)):
            sale.signed_on = clock.business_today() - timedelta(days=late + 7)
            sale.sign_by = clock.business_today() - timedelta(days=late)

    do(prepare)
    return int(str(forfeit_all()))


def test_sweep_forfeits_after_the_projects_days_and_only_once(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    early = forfeit_by_itself(do, office, late=3)

    done = [forfeit_by_itself(do, office, late=4), forfeit_all()]

    change = session.scalars(select(Change)).one()
    assert (early, done) == (0, [1, 0])
    assert (change.kind, change.applicant_id, change.applied_by_id) == (ChangeKind.FORFEITURE, None, None)
    assert money_of(session, sale) == (50_000_00, 0, 0)
    assert list_breaches(app) == []


@pytest.mark.usefixtures("session")
def test_sweep_leaves_alone_what_is_asked_to_be_extended_or_not_automatic(
    do: Do, office: Office, sale: Subscription
) -> None:
    never = forfeit_by_itself(do, office, late=100, after=None)
    do(lambda w: require_approval(w, office, ChangeKind.EXTENSION))
    do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=60))
    asked = forfeit_by_itself(do, office, late=10)

    assert (never, asked) == (0, 0)


@pytest.mark.usefixtures("session")
def test_sweep_leaves_a_sale_with_a_draft_alone(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda w: make_draft(w, office, w.get_one(Subscription, sale.id)))

    assert forfeit_by_itself(do, office, late=100) == 0


def test_void_puts_the_unit_back_on_sale(app: Flask, session: Session, do: Do, office: Office) -> None:
    sale = do(lambda w: sell(w, office, paid=0))

    do(lambda w: ask(w, office, sale.deal, ChangeKind.VOID))

    claim = session.scalars(select(Claim)).one()
    account = session.get_one(Account, sale.deal.account_id)
    assert (claim.end_kind, session.get_one(Subscription, sale.id).state, account.state) == (
        ClaimEnd.VOID, SubscriptionState.VOID, AccountState.CLOSED,
    )  # fmt: skip
    assert unit_state(session, session.get_one(Unit, office.units[0].id)) is UnitState.AVAILABLE
    assert list_breaches(app) == []


def test_void_after_money_came_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    assert refusal_of(do, lambda w: ask(w, office, sale.deal, ChangeKind.VOID)) == "wrong_state"


def test_void_with_a_draft_is_refused(do: Do, office: Office) -> None:
    sale = do(lambda w: sell(w, office, paid=0))
    do(lambda w: make_draft(w, office, w.get_one(Subscription, sale.id)))

    assert refusal_of(do, lambda w: ask(w, office, sale.deal, ChangeKind.VOID)) == "wrong_state"
