"""A parking space sold with a flat: one deal, two claims that move and end together."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.contracts.services import cancel_contract, sign_online
from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.dailylog.documents import close_day
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_breaches as find_deal_breaches
from salesoffice.deals.rules import NotAnAccessory, UnitTaken
from salesoffice.infra.db import db
from salesoffice.inventory.enums import Product, ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.models import Hold, Subscription
from salesoffice.reservations.queries import find_breaches, list_accessories
from salesoffice.reservations.services import (
    SubscriptionTerms,
    cancel_subscription,
    place_hold,
    sign_subscription,
)
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_draft, make_verified


@pytest.fixture
def parking(office: Office, do: Do) -> Unit:
    """A free parking space at 900,000.00 yuan, as all units of the office."""

    def make(session: Session) -> Unit:
        unit = session.get_one(Unit, office.units[10].id)
        unit.product = Product.PARKING
        return unit

    return do(make)


def terms_of(buyer: Customer, *accessories: Unit) -> SubscriptionTerms:
    """Return what the buyer agrees to."""
    return SubscriptionTerms(
        customer_ids=(buyer.id,),
        plan=PlanKind.FULL,
        deposit=100_000_00,
        signed_on=clock.business_today(),
        accessory_ids=tuple(unit.id for unit in accessories),
    )


@pytest.fixture
def sale(office: Office, buyer: Customer, parking: Unit, do: Do) -> Subscription:
    """A flat with the parking space."""
    actor = office.actor(office.assistant)
    return do(
        lambda session: sign_subscription(
            session, office.units[0], actor=actor, terms=terms_of(buyer, parking)
        )
    )


def open_claims(session: Session) -> list[tuple[int, str, bool]]:
    """Return (unit, kind, is accessory) of the open claims, fresh."""
    statement = select(Claim).where(Claim.closed_at.is_(None)).order_by(Claim.unit_id)
    rows = session.scalars(statement.execution_options(populate_existing=True))
    return [(claim.unit_id, claim.kind.value, claim.is_accessory) for claim in rows]


def test_price_of_the_deal_is_flat_and_accessory(session: Session, sale: Subscription) -> None:
    found = session.get_one(Subscription, sale.id)

    assert (found.list_total_amount, found.total_amount) == (1_800_000_00, 1_800_000_00)
    assert [(item.list_total_amount, item.amount) for item in list_accessories(session, sale.id)] == [
        (900_000_00, 900_000_00)
    ]
    assert found.deal.account.total_amount == 1_800_000_00


def test_both_units_are_claimed_by_one_deal(
    session: Session, office: Office, parking: Unit, sale: Subscription
) -> None:
    assert open_claims(session) == [
        (office.units[0].id, "subscription", False),
        (parking.id, "subscription", True),
    ]
    assert [*find_deal_breaches(session), *find_breaches(session)] == []


def test_accessory_follows_to_the_online_signing(
    session: Session, office: Office, parking: Unit, sale: Subscription, do: Do
) -> None:
    def sign(writing: Session) -> None:
        subscription = writing.get_one(Subscription, sale.id)
        contract = make_verified(writing, office, make_draft(writing, office, subscription))
        today = clock.business_today()
        sign_online(writing, contract, actor=office.actor(office.assistant), online_no="W1", on=today)

    do(sign)

    assert [kind for _unit, kind, _is_accessory in open_claims(session)] == ["signed_online"] * 2
    assert list(find_deal_breaches(session)) == []


def test_cancelled_deal_gives_both_units_back(
    session: Session, office: Office, parking: Unit, sale: Subscription, do: Do
) -> None:
    do(
        lambda writing: cancel_subscription(
            writing, writing.get_one(Subscription, sale.id), actor=office.actor(office.manager), reason="退"
        )
    )

    units = session.scalars(select(Unit).where(Unit.id.in_((office.units[0].id, parking.id))))
    assert {unit.release_state for unit in units} == {ReleaseState.WITHHELD}
    assert open_claims(session) == []


def test_cancelled_contract_gives_both_units_back(
    session: Session, office: Office, parking: Unit, sale: Subscription, do: Do
) -> None:
    def cancel(writing: Session) -> None:
        subscription = writing.get_one(Subscription, sale.id)
        contract = make_verified(writing, office, make_draft(writing, office, subscription))
        cancel_contract(writing, contract, actor=office.actor(office.manager), reason="退")

    do(cancel)

    assert open_claims(session) == []
    assert list(find_deal_breaches(session)) == []


def test_taken_accessory_stops_the_whole_agreement(
    session: Session, office: Office, buyer: Customer, parking: Unit, do: Do
) -> None:
    do(lambda writing: place_hold(writing, parking, actor=office.actor(office.other_rep)))

    with pytest.raises(UnitTaken):
        do(
            lambda writing: sign_subscription(
                writing, office.units[0], actor=office.actor(office.assistant), terms=terms_of(buyer, parking)
            )
        )

    assert [unit for unit, _kind, _is_accessory in open_claims(session)] == [parking.id]
    assert session.scalars(select(Subscription.id)).all() == []


def test_flat_is_no_accessory(office: Office, buyer: Customer, do: Do) -> None:
    with pytest.raises(NotAnAccessory):
        do(
            lambda writing: sign_subscription(
                writing,
                office.units[0],
                actor=office.actor(office.assistant),
                terms=terms_of(buyer, office.units[1]),
            )
        )


def test_accessory_is_sold_from_a_held_flat(
    session: Session, office: Office, buyer: Customer, hold: Hold, parking: Unit, do: Do
) -> None:
    do(
        lambda writing: sign_subscription(
            writing, hold, actor=office.actor(office.assistant), terms=terms_of(buyer, parking)
        )
    )

    assert [kind for _unit, kind, _is_accessory in open_claims(session)] == ["subscription"] * 2


def test_sold_accessory_is_not_sold_again(
    office: Office, buyer: Customer, parking: Unit, sale: Subscription, do: Do
) -> None:
    with pytest.raises(UnitTaken):
        do(lambda writing: place_hold(writing, parking, actor=office.actor(office.rep)))


def test_database_refuses_a_second_flat_of_a_deal(app: Flask, office: Office, sale: Subscription) -> None:
    change = update(Claim).values(is_accessory=False)

    with app.app_context(), pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(change)


def test_log_counts_the_accessory_in_its_own_group_and_reconciles(
    office: Office, parking: Unit, sale: Subscription, do: Do
) -> None:
    actor, today = office.actor(office.assistant), clock.business_today()

    log = do(lambda writing: close_day(writing, office.project, today, actor=actor))

    snapshot = json.loads(log.snapshot)
    day = next(entry for entry in snapshot["periods"] if entry["period"] == "day")
    counted = {
        group: (figure["count"], figure["amount_fen"])
        for group, figure in day["figures"]["subscriptions"].items()
    }
    assert snapshot["reconciliation"]["is_balanced"] is True
    assert counted == {
        "total": (2, 1_800_000_00),
        "residential": (1, 900_000_00),
        "parking": (1, 900_000_00),
    }


def test_page_signs_with_the_code_of_a_space(
    session: Session, office: Office, buyer: Customer, parking: Unit, sign_in: Callable[..., FlaskClient]
) -> None:
    data = {
        "buyer_1": f"#{buyer.id}", "plan": "full", "deposit": "100000",
        "signed_on": clock.business_today().isoformat(), "accessories": parking.code,
    }  # fmt: skip

    answer = sign_in(office.assistant).post("/p/P1/units/1-A-101/subscribe", data=data)

    assert (answer.status_code, len(open_claims(session))) == (302, 2)


def test_unknown_code_is_named_and_kept(
    office: Office, buyer: Customer, sign_in: Callable[..., FlaskClient]
) -> None:
    data = {
        "buyer_1": f"#{buyer.id}", "plan": "full", "deposit": "100000",
        "signed_on": clock.business_today().isoformat(), "accessories": "P-999",
    }  # fmt: skip

    answer = sign_in(office.assistant).post("/p/P1/units/1-A-101/subscribe", data=data)

    assert (answer.status_code, answer.text.count("P-999") >= 2) == (422, True)
