"""What follows after signing: begun with the contract, moved on, the unit handed over."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import find_breaches as find_contract_breaches
from salesoffice.contracts.services import file_contract, sign_online
from salesoffice.core import clock
from salesoffice.core.errors import InvalidInput, NotFound, WrongState
from salesoffice.core.permissions import SYSTEM
from salesoffice.deals.enums import ClaimKind, UnitState
from salesoffice.deals.queries import find_open_claim, unit_state
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import UnitArea
from salesoffice.payments.enums import PaymentMethod, ReceiptKind
from salesoffice.payments.services import confirm_receipt, record_receipt
from salesoffice.tracks.enums import TrackKind, TrackState
from salesoffice.tracks.models import ServiceTrack
from salesoffice.tracks.queries import find_breaches, list_tracks
from salesoffice.tracks.rules import AreaUnsettled, MoneyMissing
from salesoffice.tracks.services import TrackMove, move_track
from salesoffice.tracks.tasks import begin_missing_tracks
from tests.factories import Office
from tests.factories.sales import make_draft, make_sale, make_verified


@pytest.fixture
def contract(app: Flask, office: Office) -> Contract:
    """A filed contract over 900,000.00 yuan with a mortgage of 630,000.00; no money has come."""
    with app.test_request_context(), transaction() as session:
        found = make_verified(session, office, make_draft(session, office, make_sale(session, office)))
        today, actor = clock.business_today(), office.actor(office.assistant)
        sign_online(session, found, actor=actor, online_no="W1", on=today)
        return file_contract(session, found, actor=actor, filing_no="B1", on=today)


def move(
    office: Office,
    contract: Contract,
    kind: TrackKind,
    state: TrackState,
    *,
    note: str = "",
    on: date | None = None,
) -> ServiceTrack:
    with transaction() as session:
        deal = session.get_one(Contract, contract.id).deal
        step = TrackMove(state, on or clock.business_today(), note=note)
        return move_track(session, deal, kind, actor=office.actor(office.assistant), move=step)


def pay(office: Office, contract: Contract, kind: ReceiptKind, amount: int) -> None:
    with transaction() as session:
        account = session.get_one(Contract, contract.id).deal.account
        assert account is not None
        receipt = record_receipt(
            session, account, actor=office.actor(office.assistant), kind=kind, method=PaymentMethod.TRANSFER,
            amount=amount, received_on=clock.business_today(), slip_no=kind.value,
        )  # fmt: skip
        confirm_receipt(session, receipt, actor=office.actor(office.finance))


def survey(office: Office, contract: Contract, area: str) -> None:
    with transaction() as session:
        found = UnitArea(
            unit_id=session.get_one(Contract, contract.id).deal.unit_id,
            edition=AreaEdition.FINAL,
            gross_area=Decimal(area),
            entered_at=clock.now(),
            entered_by_id=office.assistant.id,
            checked_at=clock.now(),
            checked_by_id=office.other_assistant.id,
        )
        session.add(found)


def test_verified_contract_begins_its_tracks(session: Session, contract: Contract) -> None:
    tracks = list_tracks(session, contract.deal_id)

    assert [(track.kind, track.state) for track in tracks] == [
        (TrackKind.MORTGAGE, TrackState.NOT_STARTED),
        (TrackKind.REGISTRATION, TrackState.NOT_STARTED),
        (TrackKind.AREA_SETTLEMENT, TrackState.NOT_STARTED),
        (TrackKind.HANDOVER, TrackState.NOT_STARTED),
        (TrackKind.TITLE, TrackState.NOT_STARTED),
    ]
    assert [track.due_on for track in tracks[:3]] == [
        contract.signed_on + timedelta(days=30), contract.signed_on + timedelta(days=30), None,
    ]  # fmt: skip


def test_track_moves_on_with_its_days_and_an_audit_entry(
    session: Session, office: Office, contract: Contract
) -> None:
    move(office, contract, TrackKind.MORTGAGE, TrackState.UNDER_WAY)

    track = move(office, contract, TrackKind.MORTGAGE, TrackState.DONE)

    today = clock.business_today()
    assert (track.state, track.started_on, track.done_on) == (TrackState.DONE, today, today)
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject_kind == "service_tracks")
    ).all()
    assert actions == ["track.moved", "track.moved"]


def test_stopped_track_needs_a_note(session: Session, office: Office, contract: Contract) -> None:
    with pytest.raises(InvalidInput) as refusal:
        move(office, contract, TrackKind.MORTGAGE, TrackState.STOPPED)

    assert [problem.field for problem in refusal.value.errors] == ["note"]


def test_what_is_done_stays_done(session: Session, office: Office, contract: Contract) -> None:
    move(office, contract, TrackKind.TITLE, TrackState.DONE)

    with pytest.raises(WrongState):
        move(office, contract, TrackKind.TITLE, TrackState.UNDER_WAY)


def test_track_that_a_sale_does_not_have_is_not_found(
    session: Session, office: Office, contract: Contract
) -> None:
    with pytest.raises(NotFound):
        move(office, contract, TrackKind.PROVIDENT_FUND, TrackState.DONE)


def test_day_in_the_future_is_refused(session: Session, office: Office, contract: Contract) -> None:
    tomorrow = clock.business_today() + timedelta(days=1)

    with pytest.raises(InvalidInput) as refusal:
        move(office, contract, TrackKind.TITLE, TrackState.DONE, on=tomorrow)

    assert [problem.field for problem in refusal.value.errors] == ["on"]


def test_handover_is_refused_while_money_is_missing(
    session: Session, office: Office, contract: Contract
) -> None:
    with pytest.raises(MoneyMissing) as refusal:
        move(office, contract, TrackKind.HANDOVER, TrackState.DONE)

    assert refusal.value.values == {"amount_fen": 900_000_00}


def test_handover_is_refused_while_the_survey_is_not_settled(
    session: Session, office: Office, contract: Contract
) -> None:
    pay(office, contract, ReceiptKind.DOWN_PAYMENT, 270_000_00)
    pay(office, contract, ReceiptKind.MORTGAGE, 630_000_00)
    survey(office, contract, "91.00")

    with pytest.raises(AreaUnsettled):
        move(office, contract, TrackKind.HANDOVER, TrackState.DONE)


def test_handover_moves_the_unit_to_delivered(session: Session, office: Office, contract: Contract) -> None:
    pay(office, contract, ReceiptKind.DOWN_PAYMENT, 270_000_00)
    pay(office, contract, ReceiptKind.MORTGAGE, 630_000_00)

    move(office, contract, TrackKind.HANDOVER, TrackState.DONE)

    claim = find_open_claim(session, contract.deal.unit_id)
    assert claim is not None
    assert (claim.kind, claim.document_id) == (ClaimKind.DELIVERED, contract.id)
    assert unit_state(session, claim.unit) is UnitState.DELIVERED
    assert [*find_breaches(session), *find_contract_breaches(session)] == []


def test_handover_of_a_contract_that_is_not_filed_is_refused(
    app: Flask, session: Session, office: Office
) -> None:
    with transaction() as writing:
        sale = make_sale(writing, office)
        contract = make_verified(writing, office, make_draft(writing, office, sale))
    pay(office, contract, ReceiptKind.DOWN_PAYMENT, 270_000_00)
    pay(office, contract, ReceiptKind.MORTGAGE, 630_000_00)

    with pytest.raises(WrongState):
        move(office, contract, TrackKind.HANDOVER, TrackState.DONE)


def test_sweep_begins_tracks_of_contracts_without_them_once(
    session: Session, office: Office, contract: Contract
) -> None:
    with transaction() as writing:
        for track in list_tracks(writing, contract.deal_id):
            writing.delete(track)
    session.rollback()

    counts = (begin_missing_tracks(), begin_missing_tracks())

    assert counts == (1, 0)
    assert len(list_tracks(session, contract.deal_id)) == 5
    assert {track.changed_by_id for track in list_tracks(session, contract.deal_id)} == {SYSTEM.id}


def test_breach_is_a_handover_that_the_claim_does_not_know(
    session: Session, office: Office, contract: Contract
) -> None:
    with transaction() as writing:
        track = list_tracks(writing, contract.deal_id)[3]
        track.state, track.done_on = TrackState.DONE, date(2026, 11, 1)

    breaches = list(find_breaches(session))

    assert breaches == [f"deal {contract.deal_id}: handover done, but the claim on its unit does not say so"]
