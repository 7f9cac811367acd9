"""Approved prices come into force: at once, at their moment, without what changed meanwhile."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM
from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import run_sweep
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceBasis, PriceVersionState, StaleReason
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import find_breaches, find_stale, list_drafts, version_in_force
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import (
    PricesStale,
    approve_version,
    publish_prices,
    put_in_force,
    put_rest_in_force,
)
from salesoffice.reservations.services import place_hold
from tests.factories import Office
from tests.factories.prices import make_approved, make_submitted, make_version


def current_totals(session: Session, office: Office) -> list[int]:
    """Return the list totals in force of the first four units, in yuan."""
    version = version_in_force(session, office.project.id)
    assert version is not None
    prices = list_drafts(session, version)
    return [prices[unit.id].list_total_amount // 100 for unit in office.units[:4]]


def test_version_in_force_supersedes_the_one_before(session: Session, office: Office) -> None:
    with transaction():
        first = version_in_force(session, office.project.id)
        version = make_approved(session, office, {0: 909_000, 1: 891_000})
    with transaction():
        put_in_force(session, version, actor=office.actor(office.manager))
        put_in_force(session, version, actor=office.actor(office.manager))

    assert first is not None
    assert (first.state, version.state) == (PriceVersionState.SUPERSEDED, PriceVersionState.IN_FORCE)
    assert current_totals(session, office) == [909_000, 891_000, 900_000, 900_000]
    changed = session.scalars(select(AuditEntry.unit_id).where(AuditEntry.action == "unit_price.changed"))
    assert list(changed) == [office.units[0].id, office.units[1].id]
    assert list(find_breaches(session)) == []


@pytest.mark.parametrize("make", [make_version, make_submitted])
def test_unapproved_version_does_not_come_into_force(
    session: Session, office: Office, make: type[object]
) -> None:
    with transaction(), pytest.raises(DomainError) as caught:
        put_in_force(session, make(session, office, {0: 909_000}), actor=office.actor(office.manager))  # type: ignore[call-arg,arg-type]

    assert caught.value.code == "wrong_state"


def test_version_waits_for_its_moment(session: Session, office: Office) -> None:
    moment = clock.now() + timedelta(hours=1)
    with transaction():
        version = make_submitted(session, office, {0: 909_000})
        approve_version(session, version, actor=office.actor(office.manager), in_force_from=moment)
    with transaction(), pytest.raises(DomainError) as caught:
        put_in_force(session, version, actor=office.actor(office.manager))
    before = run_sweep("prices.activate"), current_totals(session, office)

    with time_machine.travel(moment + timedelta(seconds=1), tick=False):
        after = run_sweep("prices.activate"), run_sweep("prices.activate")

    assert caught.value.code == "wrong_state"
    assert before == (0, [900_000, 900_000, 900_000, 900_000])
    assert after == (1, 0)
    assert current_totals(session, office)[0] == 909_000


def test_unit_held_meanwhile_is_named_and_keeps_its_price(session: Session, office: Office) -> None:
    with transaction():
        version = make_approved(session, office, {0: 909_000, 1: 891_000})
        place_hold(session, office.units[0], actor=office.actor(office.rep))
    with transaction(), pytest.raises(PricesStale) as caught:
        put_in_force(session, version, actor=office.actor(office.manager))
    with transaction():
        rest = put_in_force(
            session, version, actor=office.actor(office.manager), without=[office.units[0].id]
        )

    assert [(unit.code, unit.reason) for unit in caught.value.units] == [
        (office.units[0].code, StaleReason.CLAIMED)
    ]
    assert current_totals(session, office) == [900_000, 891_000, 900_000, 900_000]
    assert (rest.number, rest.approved_by_id, rest.created_by_id) == (
        3,
        office.executive.id,
        office.planner.id,
    )
    assert session.get_one(PriceVersion, version.id).state is PriceVersionState.WITHDRAWN
    assert list(find_breaches(session)) == []


def test_expired_hold_does_not_keep_a_price(session: Session, office: Office) -> None:
    with transaction():
        version = make_approved(session, office, {0: 909_000})
        place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=5)

    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False), transaction():
        put_in_force(session, version, actor=office.actor(office.manager))

    assert current_totals(session, office)[0] == 909_000


def test_unit_repriced_meanwhile_is_named_even_if_this_version_leaves_it(
    session: Session, office: Office
) -> None:
    with transaction():
        version = make_approved(session, office, {0: 909_000, 1: 891_000})
        prices = {
            office.units[place].id: PriceDraft(PriceBasis.UNIT, None, None, 880_000_00) for place in (0, 2)
        }
        publish_prices(session, office.project.id, actor=SYSTEM, prices=prices, source="file")
    stale = find_stale(session, version)
    with transaction():
        put_rest_in_force(session, version, actor=office.actor(office.manager))

    assert [(unit.code, unit.reason) for unit in stale] == [
        (office.units[0].code, StaleReason.REPRICED),
        (office.units[2].code, StaleReason.REPRICED),
    ]
    assert current_totals(session, office) == [880_000, 891_000, 880_000, 900_000]


def test_unit_measured_again_meanwhile_is_named(session: Session, office: Office) -> None:
    with transaction():
        version = make_approved(session, office, {0: 909_000, 1: 891_000})
        session.get_one(Unit, office.units[1].id).gross_area = Decimal("90.01")
        session.flush()

    stale = find_stale(session, version)

    assert [(unit.code, unit.reason) for unit in stale] == [(office.units[1].code, StaleReason.REMEASURED)]


def test_sweep_leaves_out_what_changed_and_records_it(session: Session, office: Office) -> None:
    moment = clock.now() + timedelta(hours=1)
    with transaction():
        version = make_submitted(session, office, {0: 909_000, 1: 891_000})
        approve_version(session, version, actor=office.actor(office.manager), in_force_from=moment)
    with time_machine.travel(moment, tick=False):
        with transaction():
            place_hold(session, office.units[1], actor=office.actor(office.rep))
        run_sweep("prices.activate")

    assert current_totals(session, office) == [909_000, 900_000, 900_000, 900_000]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "price_version.left_out")).one()
    assert entry.actor_name == "system"
    assert f"{office.units[1].code}: " in entry.after


def test_version_of_which_nothing_is_left_is_withdrawn(session: Session, office: Office) -> None:
    with transaction():
        version = make_approved(session, office, {0: 909_000})
        place_hold(session, office.units[0], actor=office.actor(office.rep))
    with transaction():
        left = put_rest_in_force(session, version, actor=office.actor(office.manager))

    assert (left.number, left.state) == (2, PriceVersionState.WITHDRAWN)
    assert current_totals(session, office)[0] == 900_000


def test_planner_puts_nothing_into_force(session: Session, office: Office) -> None:
    with transaction():
        version = make_approved(session, office, {0: 909_000})
    with transaction(), pytest.raises(DomainError) as caught:
        put_in_force(session, version, actor=office.actor(office.planner))

    assert caught.value.code == "not_allowed"
