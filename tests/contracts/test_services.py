"""Contracts: entered by one person, verified by another, signed online, filed, cancelled."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract, ContractCheck
from salesoffice.contracts.queries import find_breaches
from salesoffice.contracts.rules import CriticalFields, PlanMismatch
from salesoffice.contracts.services import (
    ContractEntry,
    Verification,
    cancel_contract,
    correct_draft,
    draft_contract,
    file_contract,
    sign_online,
    verify_contract,
)
from salesoffice.contracts.services.entries import ContractExists
from salesoffice.contracts.services.numbers import ContractNumberTaken, NumberGivenOut, flush_number
from salesoffice.core import clock
from salesoffice.core.certificates import CertificateInvalid
from salesoffice.core.errors import DomainError, InvalidInput, SelfApproval, WrongState
from salesoffice.deals.enums import DealState, UnitState
from salesoffice.deals.queries import unit_state
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import AccountState, PlanKind
from salesoffice.payments.rules import ScheduleMismatch
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import cancel_subscription
from tests.factories import Office

Entry = Callable[..., CriticalFields]


def state_of_unit(session: Session, contract: Contract) -> UnitState:
    session.expire_all()
    return unit_state(session, session.get_one(Unit, contract.deal.unit_id))


def draft(office: Office, subscription: Subscription, **changes: object) -> Contract:
    fields = {"signed_on": clock.business_today()} | changes
    with transaction() as session:
        found = session.get_one(Subscription, subscription.id)
        entry = ContractEntry(**fields)  # type: ignore[arg-type]
        return draft_contract(session, found, actor=office.actor(office.assistant), entry=entry)


def verify(
    office: Office, contract: Contract, fields: CriticalFields, *, by: str = "other_assistant"
) -> Verification:
    with transaction() as session:
        found = session.get_one(Contract, contract.id)
        return verify_contract(session, found, actor=office.actor(getattr(office, by)), fields=fields)


def test_draft_takes_what_is_missing_from_the_subscription(session: Session, contract: Contract) -> None:
    assert (contract.number, contract.state) == ("HT000001", ContractState.DRAFT)
    assert (contract.customer_name, contract.certificate_masked) == ("张甲", "1****************1")
    assert (contract.unit_code, contract.gross_area, contract.total_amount, contract.plan_kind) == (
        "1-A-101", Decimal("90.00"), 900_000_00, PlanKind.MORTGAGE,
    )  # fmt: skip
    assert state_of_unit(session, contract) is UnitState.SUBSCRIBED


def test_second_draft_of_a_sale_is_refused(
    session: Session, office: Office, subscription: Subscription, contract: Contract
) -> None:
    with pytest.raises(ContractExists):
        draft(office, subscription)


def test_database_refuses_a_second_draft(session: Session, contract: Contract) -> None:
    values = {
        column.name: getattr(contract, column.key)
        for column in Contract.__table__.columns
        if column.name not in {"id", "number"}
    }

    with pytest.raises(IntegrityError), transaction() as writing:
        writing.add(Contract(**values, number="X-2"))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"total_amount": 900_000_01}, ScheduleMismatch),
        ({"plan_kind": PlanKind.FULL}, PlanMismatch),
        ({"unit_code": "1-A-102"}, InvalidInput),
        ({"certificate_no": "440301198506123026"}, InvalidInput),
        ({"certificate_no": "110101199003070012"}, CertificateInvalid),
        ({"signed_on": clock.business_today() + timedelta(days=1)}, InvalidInput),
        ({"signed_on": clock.business_today() - timedelta(days=1)}, InvalidInput),
        ({"customer_name": " "}, InvalidInput),
        ({"gross_area": Decimal(0)}, InvalidInput),
        ({"number": " "}, InvalidInput),
    ],
)
def test_draft_that_cannot_be_right_is_refused(
    session: Session,
    office: Office,
    subscription: Subscription,
    changes: dict[str, object],
    refusal: type[DomainError],
) -> None:
    with pytest.raises(refusal):
        draft(office, subscription, **changes)

    assert session.scalars(select(Contract)).all() == []


def test_used_number_is_refused(
    session: Session, office: Office, subscription: Subscription, contract: Contract
) -> None:
    with transaction() as writing:
        cancel_contract(writing, contract, actor=office.actor(office.manager), reason="mistyped")

    with pytest.raises(ContractNumberTaken):
        draft(office, subscription, number="HT000001")


def test_equal_second_entry_verifies_and_moves_the_unit_on(
    session: Session, office: Office, contract: Contract, second_entry: Entry
) -> None:
    result = verify(office, contract, second_entry(customer_name=" 张 甲 "))

    verified = result.contract
    assert result.is_verified
    assert (verified.state, verified.verified_by_id) == (ContractState.VERIFIED, office.other_assistant.id)
    assert verified.subscription.state is SubscriptionState.CONVERTED
    assert state_of_unit(session, contract) is UnitState.CONTRACTED
    assert list(find_breaches(session)) == []


def test_different_second_entry_is_kept_with_both_values_and_changes_nothing(
    session: Session, office: Office, contract: Contract, second_entry: Entry
) -> None:
    fields = second_entry(total_amount=900_000_10, certificate_no="440301198506123026")

    result = verify(office, contract, fields)

    kept = session.scalars(select(ContractCheck)).one()
    assert json.loads(kept.differences) == [
        {"field": "certificate_no", "first": "1****************1", "second": "4****************6"},
        {"field": "total_fen", "first": "90000000", "second": "90000010"},
    ]
    assert (result.is_verified, kept.checked_by_id) == (False, office.other_assistant.id)
    assert session.get_one(Contract, contract.id).state is ContractState.DRAFT
    assert state_of_unit(session, contract) is UnitState.SUBSCRIBED


def test_first_person_cannot_verify(
    session: Session, office: Office, contract: Contract, second_entry: Entry
) -> None:
    with pytest.raises(SelfApproval):
        verify(office, contract, second_entry(), by="assistant")

    assert session.scalars(select(ContractCheck)).all() == []


def test_verifying_twice_is_refused(
    session: Session, office: Office, verified: Contract, second_entry: Entry
) -> None:
    with pytest.raises(WrongState):
        verify(office, verified, second_entry())


def test_corrected_draft_is_verified_by_somebody_else_than_who_corrected_it(
    session: Session, office: Office, contract: Contract, second_entry: Entry
) -> None:
    with transaction() as writing:
        correct_draft(
            writing, writing.get_one(Contract, contract.id), actor=office.actor(office.other_assistant),
            entry=ContractEntry(signed_on=contract.signed_on, gross_area=Decimal("90.10")),
        )  # fmt: skip

    with pytest.raises(SelfApproval):
        verify(office, contract, second_entry(gross_area=Decimal("90.10")))
    assert verify(office, contract, second_entry(gross_area=Decimal("90.10")), by="manager").is_verified
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "contract.corrected")).one()
    assert (json.loads(entry.before)["gross_area"], json.loads(entry.after)["gross_area"]) == (
        "90.00",
        "90.10",
    )


def test_verified_contract_is_not_corrected(session: Session, office: Office, verified: Contract) -> None:
    with pytest.raises(WrongState), transaction() as writing:
        correct_draft(
            writing, writing.get_one(Contract, verified.id), actor=office.actor(office.assistant),
            entry=ContractEntry(signed_on=verified.signed_on),
        )  # fmt: skip


def test_contract_is_signed_online_and_filed(session: Session, office: Office, verified: Contract) -> None:
    today = clock.business_today()

    with transaction() as writing:
        sign_online(writing, verified, actor=office.actor(office.assistant), online_no="W-1", on=today)
    signed = state_of_unit(session, verified)
    with transaction() as writing:
        filed = file_contract(
            writing, verified, actor=office.actor(office.assistant), filing_no="B-1", on=today
        )

    assert (signed, state_of_unit(session, verified)) == (UnitState.SIGNED_ONLINE, UnitState.FILED)
    assert (filed.online_no, filed.filing_no, filed.filed_on) == ("W-1", "B-1", today)
    assert list(find_breaches(session)) == []


def test_steps_out_of_order_are_refused(session: Session, office: Office, contract: Contract) -> None:
    today = clock.business_today()

    with pytest.raises(WrongState), transaction() as writing:
        sign_online(writing, contract, actor=office.actor(office.assistant), online_no="W-1", on=today)
    with pytest.raises(WrongState), transaction() as writing:
        file_contract(writing, contract, actor=office.actor(office.assistant), filing_no="B-1", on=today)


def test_online_signing_needs_a_number_and_a_possible_day(
    session: Session, office: Office, verified: Contract
) -> None:
    today = clock.business_today()

    for number, day in ((" ", today), ("W-1", today + timedelta(days=1)), ("W-1", today - timedelta(days=1))):
        with pytest.raises(InvalidInput), transaction() as writing:
            sign_online(writing, verified, actor=office.actor(office.assistant), online_no=number, on=day)


def test_cancelled_contract_ends_the_deal_and_withholds_the_unit(
    session: Session, office: Office, verified: Contract
) -> None:
    with transaction() as writing:
        cancel_contract(writing, verified, actor=office.actor(office.manager), reason="loan refused")

    session.expire_all()
    deal = session.get_one(Contract, verified.id).deal
    assert (deal.state, deal.unit.release_state) == (DealState.ENDED, ReleaseState.WITHHELD)
    assert deal.account is not None
    assert deal.account.state is AccountState.CLOSED
    assert list(find_breaches(session)) == []


def test_discarded_draft_leaves_the_subscription(
    session: Session, office: Office, subscription: Subscription, contract: Contract
) -> None:
    with transaction() as writing:
        cancel_contract(writing, contract, actor=office.actor(office.manager), reason="mistyped")

    assert state_of_unit(session, contract) is UnitState.SUBSCRIBED
    assert draft(office, subscription).number == "HT000002"


def test_filed_contract_is_not_cancelled(session: Session, office: Office, verified: Contract) -> None:
    today = clock.business_today()
    with transaction() as writing:
        sign_online(writing, verified, actor=office.actor(office.assistant), online_no="W-1", on=today)
        file_contract(writing, verified, actor=office.actor(office.assistant), filing_no="B-1", on=today)

    with pytest.raises(WrongState), transaction() as writing:
        cancel_contract(writing, verified, actor=office.actor(office.manager), reason="loan refused")


def test_number_that_was_given_out_is_not_replaced(
    session: Session, office: Office, contract: Contract
) -> None:
    entry = ContractEntry(signed_on=contract.signed_on, number="GF-2026-7")

    with pytest.raises(NumberGivenOut), transaction() as writing:
        correct_draft(
            writing, writing.get_one(Contract, contract.id), actor=office.actor(office.assistant), entry=entry
        )

    assert list(find_breaches(session)) == []


def test_database_refuses_a_used_number_by_name(
    session: Session, office: Office, subscription: Subscription, contract: Contract
) -> None:
    with transaction() as writing:
        cancel_contract(writing, contract, actor=office.actor(office.manager), reason="mistyped")
        draft_contract(
            writing, writing.get_one(Subscription, subscription.id), actor=office.actor(office.assistant),
            entry=ContractEntry(signed_on=contract.signed_on, number="GF-2026-7"),
        )  # fmt: skip
    second = session.scalars(select(Contract).where(Contract.number == "GF-2026-7")).one()

    def write(writing: Session) -> None:
        found = writing.get_one(Contract, second.id)
        found.number = "HT000001"
        flush_number(writing, found)

    with pytest.raises(ContractNumberTaken), transaction() as writing:
        write(writing)


def test_subscription_with_a_draft_is_not_cancelled(
    session: Session, office: Office, subscription: Subscription, contract: Contract
) -> None:
    with pytest.raises(WrongState), transaction() as writing:
        cancel_subscription(
            writing, writing.get_one(Subscription, subscription.id), actor=office.actor(office.manager),
            reason="the buyer asked",
        )  # fmt: skip

    assert state_of_unit(session, contract) is UnitState.SUBSCRIBED


def test_subscription_whose_draft_was_discarded_is_cancelled(
    session: Session, office: Office, subscription: Subscription, contract: Contract
) -> None:
    with transaction() as writing:
        cancel_contract(
            writing,
            writing.get_one(Contract, contract.id),
            actor=office.actor(office.manager),
            reason="mistyped",
        )
        cancel_subscription(
            writing, writing.get_one(Subscription, subscription.id), actor=office.actor(office.manager),
            reason="the buyer asked",
        )  # fmt: skip

    assert state_of_unit(session, contract) is UnitState.WITHHELD
