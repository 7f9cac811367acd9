"""Legal overlays: placed, lifted, and what they keep from a unit."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import InvalidInput
from salesoffice.core.permissions import SYSTEM
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_open_claim
from salesoffice.deals.rules import UnitNotFree
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Unit, UnitOverlay
from salesoffice.inventory.queries import find_open_overlays, find_overlays
from salesoffice.inventory.services import OverlayStands, lift_overlay, place_overlay
from salesoffice.reservations.models import Hold
from salesoffice.reservations.services import join_waiting_list, offer_unit, place_hold, release_hold
from tests.factories import Office
from tests.factories.sales import make_buyer

SINCE = date(2026, 1, 5)


def place(session: Session, office: Office, kind: OverlayKind = OverlayKind.SEIZED) -> UnitOverlay:
    with transaction():
        return place_overlay(
            session,
            session.get_one(Unit, office.units[0].id),
            actor=office.actor(office.assistant),
            kind=kind,
            since_on=SINCE,
            reference=" Court order  17 ",
        )


def lift(session: Session, office: Office, overlay: UnitOverlay, lifted_on: date) -> UnitOverlay:
    with transaction():
        return lift_overlay(
            session,
            overlay,
            actor=office.actor(office.manager),
            lifted_on=lifted_on,
            reason="Order 18",
        )


def hold(session: Session, office: Office) -> None:
    with transaction():
        unit = session.get_one(Unit, office.units[0].id)
        place_hold(session, unit, actor=office.actor(office.rep))


def test_overlay_placed_refuses_every_new_claim_until_it_is_lifted(session: Session, office: Office) -> None:
    overlay = place(session, office)
    with pytest.raises(UnitNotFree) as refusal:
        hold(session, office)
    standing = find_overlays(session, office.units[0].id)

    lift(session, office, overlay, clock.business_today())
    hold(session, office)

    assert (refusal.value.code, refusal.value.values["overlay"]) == ("unit_overlaid", ["seized"])
    assert standing == (OverlayKind.SEIZED,)
    assert find_overlays(session, office.units[0].id) == ()
    assert overlay.reference == "Court order 17"
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "unit_overlays"))
    assert list(actions) == ["overlay.placed", "overlay.lifted"]


def test_unit_already_claimed_keeps_its_claim(session: Session, office: Office) -> None:
    hold(session, office)

    place(session, office)

    assert [claim.closed_at for claim in session.scalars(select(Claim))] == [None]


def test_unit_that_frees_under_an_overlay_is_offered_to_nobody(session: Session, office: Office) -> None:
    hold(session, office)
    place(session, office)
    unit = session.get_one(Unit, office.units[0].id)
    with transaction():
        buyer = make_buyer(session, office)
        join_waiting_list(session, unit, actor=office.actor(office.rep), customer_id=buyer.id)
        held = session.scalars(select(Hold)).one()
        release_hold(session, held, actor=office.actor(office.rep))

    with transaction():
        offered = offer_unit(session, unit.id)

    assert (offered, find_open_claim(session, unit.id)) == (None, None)


def test_second_overlay_of_the_same_kind_is_refused_another_kind_is_not(
    session: Session, office: Office
) -> None:
    place(session, office)
    place(session, office, OverlayKind.MORTGAGED)

    with pytest.raises(OverlayStands):
        place(session, office)

    both = {office.units[0].id: (OverlayKind.MORTGAGED, OverlayKind.SEIZED)}
    assert find_open_overlays(session, office.project.id) == both


def test_overlay_lifted_twice_is_lifted_once(session: Session, office: Office) -> None:
    overlay = place(session, office)

    for day in (SINCE + timedelta(days=1), SINCE + timedelta(days=2)):
        lift(session, office, overlay, day)

    assert overlay.lifted_on == SINCE + timedelta(days=1)


@pytest.mark.parametrize("day", [SINCE - timedelta(days=1), date(2199, 1, 1)])
def test_overlay_is_not_lifted_before_it_began_nor_in_the_future(
    session: Session, office: Office, day: date
) -> None:
    overlay = place(session, office)

    with pytest.raises(InvalidInput):
        lift(session, office, overlay, day)

    assert session.get_one(UnitOverlay, overlay.id).lifted_on is None


@pytest.mark.parametrize(("since", "reference"), [(SINCE, "  "), (SINCE, "x" * 201), (date(2199, 1, 1), "A")])
def test_overlay_needs_a_document_and_a_day_that_has_come(
    session: Session, office: Office, since: date, reference: str
) -> None:
    unit = session.get_one(Unit, office.units[0].id)

    with pytest.raises(InvalidInput), transaction():
        place_overlay(
            session, unit, actor=SYSTEM, kind=OverlayKind.SEIZED, since_on=since, reference=reference
        )


def test_database_itself_refuses_a_claim_on_an_overlaid_unit(session: Session, office: Office) -> None:
    hold(session, office)
    claim_id = session.scalar(select(Claim.id))
    with transaction():
        session.execute(text("UPDATE claims SET closed_at = opened_at, end_kind = 'release'"))
    place(session, office)

    with pytest.raises(DBAPIError, match="legal overlay"), transaction():
        session.execute(
            text(
                "INSERT INTO claims (project_id, unit_id, deal_id, kind, document_id, opened_at, end_reason, is_accessory)"
                " SELECT project_id, unit_id, deal_id, kind, document_id, opened_at, end_reason, is_accessory"
                " FROM claims WHERE id = :id"
            ),
            {"id": claim_id},
        )
