"""Signing, extending and cancelling subscription agreements."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, WrongState
from salesoffice.core.permissions import SYSTEM
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimEnd, ClaimKind, DealState, UnitState
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_open_claim, unit_state
from salesoffice.deals.rules import UnitOverlaid
from salesoffice.deals.services import advance_claim
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import OverlayKind, ReleaseState
from salesoffice.inventory.models import Permit, Unit
from salesoffice.inventory.services import place_overlay
from salesoffice.payments.enums import AccountState, PlanKind
from salesoffice.pricing.enums import DiscountKind, PriceBasis, PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.pricing.rules import DiscountStep
from salesoffice.projects.models import Project
from salesoffice.reservations.enums import HoldState, SubscriptionState
from salesoffice.reservations.models import Hold, Subscription
from salesoffice.reservations.services import (
    SubscriptionTerms,
    cancel_subscription,
    release_hold,
    sign_subscription,
)
from salesoffice.reservations.services.changes import set_sign_by
from tests.factories import Office

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)

STEPS = (
    DiscountStep(DiscountKind.PERCENTAGE, Decimal("0.98"), "按时签约"),
    DiscountStep(DiscountKind.AMOUNT, Decimal(20_000_00), "老带新"),
    DiscountStep(DiscountKind.PER_AREA, Decimal(100_00), "团购"),
)


def sign(
    session: Session, office: Office, subject: Unit | Hold, terms: SubscriptionTerms, *, by: str = "assistant"
) -> Subscription:
    with transaction():
        return sign_subscription(session, subject, actor=office.actor(getattr(office, by)), terms=terms)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refusal:
        call()
    return refusal.value.code


def test_subscription_of_a_free_unit_opens_deal_and_account(
    session: Session, office: Office, terms: SubscriptionTerms, breaches: Callable[[], list[str]]
) -> None:
    with time_machine.travel(NOON, tick=False):
        made = sign(session, office, office.units[0], replace(terms, signed_on=TODAY, plan=PlanKind.MORTGAGE))

    account = made.deal.account
    assert account is not None
    assert (made.number, made.deal.number, made.deal.rep_id) == ("RG000001", "D000001", office.rep.id)
    assert (made.list_total_amount, made.total_amount, made.sign_by) == (
        900_000_00,
        900_000_00,
        date(2026, 12, 1),
    )
    assert [(row.kind.value, row.due_on, row.amount) for row in account.instalments] == [
        ("deposit", TODAY, 50_000_00),
        ("down_payment", date(2026, 12, 1), 220_000_00),
        ("mortgage", date(2026, 12, 31), 630_000_00),
    ]
    assert unit_state(session, office.units[0]) is UnitState.SUBSCRIBED
    assert breaches() == []


def test_subscription_out_of_a_hold_keeps_deal_and_price(
    session: Session, office: Office, hold: Hold, terms: SubscriptionTerms, breaches: Callable[[], list[str]]
) -> None:
    with transaction():
        session.execute(update(Hold).values(list_total_amount=880_000_00))

    made = sign(session, office, hold, terms)

    claim = find_open_claim(session, office.units[0].id)
    assert claim is not None
    assert (claim.kind, claim.document_id, claim.expires_at) == (ClaimKind.SUBSCRIPTION, made.id, None)
    assert (made.deal_id, made.list_total_amount) == (hold.deal_id, 880_000_00)
    assert session.get_one(Hold, hold.id).state is HoldState.CONVERTED
    assert breaches() == []


def test_discounts_are_kept_with_each_result(
    session: Session, office: Office, terms: SubscriptionTerms
) -> None:
    made = sign(session, office, office.units[0], replace(terms, discounts=STEPS))

    rows = json.loads(made.discounts)
    assert [(row["name"], row["before"], row["after"]) for row in rows] == [
        ("按时签约", 900_000_00, 882_000_00),
        ("老带新", 882_000_00, 862_000_00),
        ("团购", 862_000_00, 853_000_00),
    ]
    assert made.total_amount == 853_000_00


def test_buyers_are_kept_in_order(
    session: Session, office: Office, terms: SubscriptionTerms, buyer: Customer, other_buyer: Customer
) -> None:
    made = sign(session, office, office.units[0], replace(terms, customer_ids=(other_buyer.id, buyer.id)))

    assert [(row.position, row.customer_id) for row in made.deal.buyers] == [
        (0, other_buyer.id),
        (1, buyer.id),
    ]
    assert made.deal.rep_id == office.other_rep.id


@pytest.mark.parametrize(
    ("deposit", "code"), [(180_000_00, None), (180_000_01, "deposit_too_high"), (0, "deposit_invalid")]
)
def test_deposit_is_at_most_a_fifth(
    session: Session, office: Office, terms: SubscriptionTerms, deposit: int, code: str | None
) -> None:
    wanted = replace(terms, deposit=deposit)

    if code is None:
        assert sign(session, office, office.units[0], wanted).deposit_amount == deposit
    else:
        assert code_of(lambda: sign(session, office, office.units[0], wanted)) == code


def test_deposit_is_at_most_what_the_project_allows(
    session: Session, office: Office, terms: SubscriptionTerms
) -> None:
    with transaction():
        session.execute(update(Project).values(max_deposit_rate=Decimal("0.05")))
    session.expire_all()

    wanted = replace(terms, deposit=45_000_01)

    assert code_of(lambda: sign(session, office, office.units[0], wanted)) == "deposit_too_high"


def test_price_above_the_filed_one_is_refused(
    session: Session, office: Office, terms: SubscriptionTerms
) -> None:
    with transaction():
        session.execute(update(PriceVersion).values(state=PriceVersionState.SUPERSEDED))
        version = PriceVersion(
            project_id=office.project.id, number=2, state=PriceVersionState.DRAFT, created_at=clock.now()
        )
        session.add(version)
        session.flush()
        price = UnitPrice(
            version_id=version.id,
            unit_id=office.units[0].id,
            basis=PriceBasis.UNIT,
            list_total_amount=900_000_00,
            filed_total_amount=899_999_99,
        )
        session.add(price)
        session.flush()
        version.state = PriceVersionState.IN_FORCE

    assert code_of(lambda: sign(session, office, office.units[0], terms)) == "above_filed_price"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"customer_ids": ()}, "buyers_invalid"),
        ({"customer_ids": (1, 1)}, "buyers_invalid"),
        ({"customer_ids": (999,)}, "customer_unknown"),
        ({"signed_on": date(2100, 1, 1)}, "signed_on_invalid"),
        ({"sign_by": date(2020, 1, 1)}, "sign_by_invalid"),
        ({"sign_by": date(9999, 12, 31)}, "sign_by_invalid"),
        ({"discounts": (DiscountStep(DiscountKind.PERCENTAGE, Decimal(2), "x"),)}, "discount_invalid"),
        ({"discounts": STEPS * 2}, "discount_invalid"),
        ({"discounts": (DiscountStep(DiscountKind.AMOUNT, Decimal(900_000_00), "x"),)}, "discount_too_large"),
    ],
)
def test_wrong_terms_are_refused_and_nothing_is_written(
    session: Session, office: Office, terms: SubscriptionTerms, changes: dict[str, object], code: str
) -> None:
    wanted = replace(terms, **changes)  # type: ignore[arg-type]

    assert code_of(lambda: sign(session, office, office.units[0], wanted)) == code
    assert session.scalars(select(Claim.id)).all() == []


def test_subscription_before_the_permit_is_refused(
    session: Session, office: Office, terms: SubscriptionTerms
) -> None:
    wanted = replace(terms, signed_on=date(2026, 1, 4))

    assert code_of(lambda: sign(session, office, office.units[0], wanted)) == "permit_missing"


def test_signing_twice_is_refused_and_numbers_have_no_gap(
    session: Session, office: Office, terms: SubscriptionTerms, breaches: Callable[[], list[str]]
) -> None:
    sign(session, office, office.units[0], terms)

    refused = code_of(lambda: sign(session, office, office.units[0], terms))
    second = sign(session, office, office.units[1], terms)

    assert (refused, second.number, second.deal.number) == ("unit_taken", "RG000002", "D000002")
    assert breaches() == []


def test_hold_is_converted_once(
    session: Session, office: Office, hold: Hold, terms: SubscriptionTerms
) -> None:
    sign(session, office, hold, terms)

    assert code_of(lambda: sign(session, office, hold, terms)) == "wrong_state"


def test_database_refuses_a_second_subscription_of_a_deal(
    session: Session, office: Office, subscription: Subscription
) -> None:
    second = {column.key: getattr(subscription, column.key) for column in Subscription.__table__.columns} | {
        "id": None,
        "number": "RG000002",
    }

    with pytest.raises(IntegrityError), transaction() as writing:
        writing.add(Subscription(**second))


def test_expired_and_released_holds_cannot_be_converted(
    session: Session, office: Office, hold: Hold, terms: SubscriptionTerms
) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        expired = code_of(lambda: sign(session, office, hold, terms))
    with transaction():
        release_hold(session, hold, actor=office.actor(office.rep))
    released = code_of(lambda: sign(session, office, hold, terms))

    assert (expired, released) == ("wrong_state", "wrong_state")


def test_unit_held_for_the_buyer_is_signed_through_the_unit(
    session: Session, office: Office, hold: Hold, terms: SubscriptionTerms
) -> None:
    made = sign(session, office, office.units[0], terms)

    assert made.deal_id == hold.deal_id


def test_unit_held_for_somebody_else_is_refused(
    session: Session, office: Office, hold: Hold, terms: SubscriptionTerms, other_buyer: Customer
) -> None:
    wanted = replace(terms, customer_ids=(other_buyer.id,))

    assert code_of(lambda: sign(session, office, office.units[0], wanted)) == "unit_taken"
    assert session.get_one(Hold, hold.id).state is HoldState.OPEN


def test_withheld_unit_is_refused(session: Session, office: Office, terms: SubscriptionTerms) -> None:
    with transaction():
        session.execute(update(Unit).values(release_state=ReleaseState.WITHHELD, withheld_reason="kept"))

    assert code_of(lambda: sign(session, office, office.units[0], terms)) == "unit_not_released"


def test_audit_of_a_signing_has_its_figures(
    session: Session, office: Office, terms: SubscriptionTerms
) -> None:
    made = sign(session, office, office.units[0], terms)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "subscription.signed")).one()

    after = json.loads(entry.after)
    assert (entry.unit_id, entry.subject_id) == (office.units[0].id, made.id)
    assert (after["number"], after["total"], after["deposit"]) == ("RG000001", 900_000_00, 50_000_00)


def test_cancelled_subscription_gives_the_unit_back_withheld(
    session: Session, office: Office, subscription: Subscription, breaches: Callable[[], list[str]]
) -> None:
    with transaction():
        made = cancel_subscription(
            session, subscription, actor=office.actor(office.manager), reason=" 客户贷款未批 "
        )

    unit = session.get_one(Unit, office.units[1].id, populate_existing=True)
    claim = session.scalars(select(Claim)).one()
    assert (made.state, made.cancel_reason, made.cancelled_on) == (
        SubscriptionState.CANCELLED,
        "客户贷款未批",
        clock.business_today(),
    )
    assert (made.total_amount, made.deposit_amount) == (900_000_00, 50_000_00)
    assert (claim.end_kind, claim.end_reason, made.deal.state) == (
        ClaimEnd.CANCEL,
        "客户贷款未批",
        DealState.ENDED,
    )
    assert (unit_state(session, unit), unit.withheld_reason) == (UnitState.WITHHELD, "退回房源，待确认价格")
    assert made.deal.account is not None
    assert made.deal.account.state is AccountState.CLOSED
    assert breaches() == []


def test_cancelling_twice_or_without_reason_is_refused(
    session: Session, office: Office, subscription: Subscription
) -> None:
    actor = office.actor(office.manager)

    def cancel(reason: str) -> None:
        with transaction():
            cancel_subscription(session, subscription, actor=actor, reason=reason)

    without = code_of(lambda: cancel("   "))
    cancel("客户要求")
    twice = code_of(lambda: cancel("客户要求"))

    assert (without, twice) == ("reason_missing", "wrong_state")


def test_subscription_with_a_contract_cannot_be_cancelled_or_extended(
    session: Session, office: Office, subscription: Subscription
) -> None:
    with transaction():
        claim = find_open_claim(session, subscription.unit_id)
        assert claim is not None
        advance_claim(session, claim, actor=SYSTEM, kind=ClaimKind.CONTRACT, document_id=1)
    actor = office.actor(office.manager)

    with pytest.raises(WrongState), transaction():
        cancel_subscription(session, subscription, actor=actor, reason="客户要求")
    with pytest.raises(WrongState), transaction():
        set_sign_by(
            session,
            subscription,
            actor=actor,
            day=subscription.sign_by + timedelta(days=1),
            reason="出差",
        )


def test_signing_day_is_set_with_a_reason(
    session: Session, office: Office, subscription: Subscription
) -> None:
    before = subscription.sign_by
    with transaction():
        set_sign_by(
            session,
            subscription,
            actor=office.actor(office.manager),
            day=before + timedelta(days=7),
            reason="客户出差",
        )

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "subscription.extended")).one()
    assert subscription.sign_by == before + timedelta(days=7)
    assert (json.loads(entry.before), json.loads(entry.after)) == (
        {"sign_by": before.isoformat()},
        {"sign_by": (before + timedelta(days=7)).isoformat(), "reason": "客户出差"},
    )


def test_permit_is_needed_also_out_of_a_hold(
    session: Session, office: Office, hold: Hold, terms: SubscriptionTerms
) -> None:
    with transaction():
        session.execute(update(Permit).values(issued_on=date(2100, 1, 1)))

    assert code_of(lambda: sign(session, office, hold, terms)) == "permit_missing"


def test_hold_is_not_signed_while_a_legal_overlay_stands(
    app: Flask, session: Session, office: Office, hold: Hold, buyer: Customer
) -> None:
    manager = office.actor(office.manager)
    today = clock.business_today()
    with app.test_request_context(), transaction() as writing:
        place_overlay(
            writing, office.units[0], actor=manager, kind=OverlayKind.SEIZED, since_on=today, reference="X1"
        )
    terms = SubscriptionTerms((buyer.id,), PlanKind.FULL, 50_000_00, today)

    with pytest.raises(UnitOverlaid), app.test_request_context(), transaction() as writing:
        sign_subscription(writing, hold, actor=office.actor(office.assistant), terms=terms)

    assert session.scalars(select(Subscription.id)).all() == []
