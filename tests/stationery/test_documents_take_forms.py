"""Contracts and agreements get their numbers from the register where there is one."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import find_breaches as find_contract_breaches
from salesoffice.contracts.services import ContractEntry, cancel_contract, correct_draft, draft_contract
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.infra.db import transaction
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.queries import SUBSCRIPTION_TEMPLATE
from salesoffice.reservations.queries import find_breaches as find_sale_breaches
from salesoffice.reservations.services import SubscriptionTerms, sign_subscription
from salesoffice.stationery.enums import FormKind, FormState
from salesoffice.stationery.models import NumberedForm, PrintRun
from salesoffice.stationery.queries import find_breaches
from tests.factories import Office
from tests.factories.sales import make_draft, make_sale, make_verified

Receive = Callable[..., PrintRun]


def draft(office: Office, sale: Subscription, number: str | None = None) -> Contract:
    with transaction() as session:
        entry = ContractEntry(signed_on=clock.business_today(), number=number)
        found = session.get_one(Subscription, sale.id)
        return draft_contract(session, found, actor=office.actor(office.assistant), entry=entry)


def discard(office: Office, contract: Contract, *, is_form_spoilt: bool = False) -> None:
    with transaction() as session:
        cancel_contract(
            session,
            session.get_one(Contract, contract.id),
            actor=office.actor(office.manager),
            reason="客户改日再签",
            is_form_spoilt=is_form_spoilt,
        )


def states(session: Session) -> dict[str, FormState]:
    session.expire_all()
    rows = session.execute(
        select(NumberedForm.number, NumberedForm.state).where(NumberedForm.state != FormState.RECEIVED)
    )
    return dict(rows.all())


def second_sale(session: Session, office: Office, first: Subscription) -> Subscription:
    """Sell unit 102 to the same buyer."""
    buyer_id = first.deal.buyers[0].customer_id
    terms = SubscriptionTerms((buyer_id,), PlanKind.MORTGAGE, 50_000_00, clock.business_today())
    return sign_subscription(session, office.units[1], actor=office.actor(office.assistant), terms=terms)


def no_breaches(session: Session) -> bool:
    checks = (find_breaches, find_contract_breaches, find_sale_breaches)
    return [words for check in checks for words in check(session)] == []


def test_draft_reserves_the_next_form(
    session: Session, office: Office, sale: Subscription, run: PrintRun
) -> None:
    contract = draft(office, sale)

    assert contract.number == "HT-001"
    assert states(session) == {"HT-001": FormState.RESERVED}
    assert no_breaches(session)


def test_typed_number_must_be_in_the_register(
    session: Session, office: Office, sale: Subscription, run: PrintRun
) -> None:
    with pytest.raises(DomainError) as refusal:
        draft(office, sale, "HT-2026-1")

    assert refusal.value.code == "form_unknown"
    assert draft(office, sale, "HT-009").number == "HT-009"


def test_number_of_another_draft_is_refused_naming_its_deal(
    session: Session, office: Office, sale: Subscription, run: PrintRun
) -> None:
    first = draft(office, sale, "HT-003")
    with transaction() as writing:
        other = second_sale(writing, office, sale)

    with pytest.raises(DomainError) as refusal:
        draft(office, other, "HT-003")

    assert refusal.value.code == "form_used"
    assert first.deal.number in refusal.value.values["used_by"]


def test_verified_contract_uses_its_form(
    session: Session, office: Office, sale: Subscription, run: PrintRun
) -> None:
    contract = draft(office, sale)

    with transaction() as writing:
        make_verified(writing, office, writing.get_one(Contract, contract.id))

    assert states(session) == {"HT-001": FormState.USED}
    assert no_breaches(session)


def test_discarded_draft_gives_its_form_back_to_the_next_draft(
    session: Session, office: Office, sale: Subscription, run: PrintRun
) -> None:
    discard(office, draft(office, sale))

    assert states(session) == {}
    assert draft(office, sale).number == "HT-001"
    numbers = session.scalars(select(Contract.number).order_by(Contract.id)).all()
    assert numbers == ["HT-001 #1", "HT-001"]
    assert no_breaches(session)


def test_form_of_a_discarded_draft_is_spoilt_when_the_person_says_so(
    session: Session, office: Office, sale: Subscription, run: PrintRun
) -> None:
    discard(office, draft(office, sale), is_form_spoilt=True)

    assert states(session) == {"HT-001": FormState.SPOILT}
    assert draft(office, sale).number == "HT-002"


def test_corrected_draft_gives_its_form_back_and_takes_the_new_one(
    session: Session, office: Office, sale: Subscription, run: PrintRun
) -> None:
    contract = draft(office, sale)

    with transaction() as writing:
        entry = ContractEntry(signed_on=clock.business_today(), number="HT-006")
        found = writing.get_one(Contract, contract.id)
        correct_draft(writing, found, actor=office.actor(office.other_assistant), entry=entry)

    assert states(session) == {"HT-006": FormState.RESERVED}
    assert no_breaches(session)


def test_agreement_takes_and_uses_its_form(session: Session, office: Office, receive: Receive) -> None:
    receive(1, 3, kind=FormKind.AGREEMENT, prefix="RG-")

    with transaction() as writing:
        sale = make_sale(writing, office)

    assert sale.number == "RG-001"
    assert states(session) == {"RG-001": FormState.USED}
    assert no_breaches(session)


def test_agreements_from_before_the_register_keep_their_series(
    session: Session, office: Office, sale: Subscription, receive: Receive
) -> None:
    receive(1, 3, kind=FormKind.AGREEMENT, prefix="RG-")

    with transaction() as writing:
        second = second_sale(writing, office, sale)

    assert (sale.number, second.number) == (SUBSCRIPTION_TEMPLATE.format(number=1), "RG-001")
    assert no_breaches(session)


def test_without_runs_nothing_changes(session: Session, office: Office, sale: Subscription) -> None:
    with transaction() as writing:
        contract = make_draft(writing, office, writing.get_one(Subscription, sale.id))
        make_verified(writing, office, contract)

    assert contract.number == "HT000001"
    assert states(session) == {}
    assert no_breaches(session)
