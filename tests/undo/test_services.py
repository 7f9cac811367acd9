"""Taking cheap actions back: within ten minutes, once, by the same person, while nothing has changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM, Actor
from salesoffice.deals.enums import AttachmentKind, UnitState
from salesoffice.deals.models import DealAttachment
from salesoffice.deals.queries import unit_state
from salesoffice.deals.services import attach, remove_attachment
from salesoffice.deals.services.attachments import keep_upload
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import release_unit, withhold_unit
from salesoffice.payments.enums import ReceiptState
from salesoffice.payments.models import Receipt
from salesoffice.payments.services import confirm_receipt
from salesoffice.reservations.enums import HoldState, WaitingState
from salesoffice.reservations.models import Hold, WaitingEntry
from salesoffice.reservations.services import (
    extend_hold,
    join_waiting_list,
    leave_waiting_list,
    place_hold,
    release_hold,
)
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.services import take_back
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_buyer, make_receipt, make_sale

Undo = Callable[[Actor], UndoOffer]


@pytest.fixture
def undo(do: Do) -> Undo:
    """Take back the last action that was offered."""

    def run(actor: Actor) -> UndoOffer:
        def work(session: Session) -> UndoOffer:
            return take_back(session, get_last_offer(session), actor=actor)

        return do(work)

    return run


@pytest.fixture
def hold(office: Office, do: Do) -> Hold:
    """Unit 101 held by the rep for thirty minutes."""
    return do(lambda s: place_hold(s, office.units[0], actor=office.actor(office.rep), minutes=30))


def get_last_offer(session: Session) -> UndoOffer:
    return session.scalars(select(UndoOffer).order_by(UndoOffer.id.desc()).limit(1)).one()


def state_of(do: Do, unit: Unit) -> UnitState:
    return do(lambda s: unit_state(s, s.get_one(Unit, unit.id)))


def code_of(undo: Undo, actor: Actor) -> str:
    with pytest.raises(DomainError) as refusal:
        undo(actor)
    return refusal.value.code


def test_hold_placed_is_given_back(office: Office, do: Do, undo: Undo, hold: Hold) -> None:
    undo(office.actor(office.rep))

    assert state_of(do, office.units[0]) is UnitState.AVAILABLE
    assert do(lambda s: s.get_one(Hold, hold.id)).state is HoldState.RELEASED
    actions = do(lambda s: s.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2)).all())
    assert sorted(actions) == ["hold.released", "undo.taken"]


def test_hold_released_is_held_again_until_the_same_moment(
    office: Office, do: Do, undo: Undo, hold: Hold
) -> None:
    rep = office.actor(office.rep)
    do(lambda s: release_hold(s, s.get_one(Hold, hold.id), actor=rep))

    undo(rep)

    again = do(lambda s: s.scalars(select(Hold).order_by(Hold.id.desc())).first())
    assert again is not None
    assert (again.state, again.expires_at, again.rep_id) == (HoldState.OPEN, hold.expires_at, hold.rep_id)
    assert state_of(do, office.units[0]) is UnitState.HELD


def test_hold_released_stays_free_for_who_took_it_meanwhile(
    office: Office, do: Do, undo: Undo, hold: Hold
) -> None:
    rep = office.actor(office.rep)
    do(lambda s: release_hold(s, s.get_one(Hold, hold.id), actor=rep))
    offer = do(get_last_offer)
    do(lambda s: place_hold(s, office.units[0], actor=office.actor(office.other_rep)))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: take_back(s, s.merge(offer, load=False), actor=rep))

    assert (refusal.value.code, refusal.value.values["reason"]) == ("undo_changed", "unit_taken")


def test_extension_is_taken_back_to_the_earlier_end(office: Office, do: Do, undo: Undo, hold: Hold) -> None:
    rep = office.actor(office.rep)
    extended = do(lambda s: extend_hold(s, s.get_one(Hold, hold.id), actor=rep, minutes=60)).expires_at

    undo(rep)

    assert extended > hold.expires_at
    assert do(lambda s: s.get_one(Hold, hold.id)).expires_at == hold.expires_at


def test_placing_is_not_undone_after_an_extension(office: Office, do: Do, hold: Hold) -> None:
    rep = office.actor(office.rep)
    offer = do(lambda s: s.scalars(select(UndoOffer)).one())
    do(lambda s: extend_hold(s, s.get_one(Hold, hold.id), actor=rep, minutes=60))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: take_back(s, s.merge(offer, load=False), actor=rep))

    assert refusal.value.code == "undo_changed"


@pytest.mark.parametrize(("minutes", "is_late"), [(9, False), (11, True)])
def test_ten_minutes_are_the_limit(
    office: Office, do: Do, undo: Undo, hold: Hold, minutes: int, is_late: bool
) -> None:
    rep = office.actor(office.rep)

    with time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False):
        outcome = code_of(undo, rep) if is_late else undo(rep).action

    assert outcome == ("undo_too_late" if is_late else "hold.placed")


def test_second_time_is_refused(office: Office, undo: Undo, hold: Hold) -> None:
    rep = office.actor(office.rep)
    undo(rep)

    assert code_of(undo, rep) == "undo_taken"


def test_another_person_is_refused_even_the_manager(office: Office, undo: Undo, hold: Hold) -> None:
    codes = {code_of(undo, office.actor(user)) for user in (office.other_rep, office.manager, office.admin)}

    assert codes == {"not_allowed"}


def test_role_that_was_lost_is_refused(office: Office, undo: Undo, hold: Hold) -> None:
    former = Actor(id=office.rep.id, name="Rep", roles={office.project.id: frozenset()})

    assert code_of(undo, former) == "not_allowed"


def test_system_is_offered_nothing(office: Office, do: Do) -> None:
    do(lambda s: release_unit(s, s.get_one(Unit, office.units[0].id), actor=SYSTEM))

    assert do(lambda s: s.scalars(select(UndoOffer)).all()) == []


@pytest.mark.parametrize("before", [ReleaseState.RELEASED, ReleaseState.UNRELEASED])
def test_unit_kept_back_is_as_before(office: Office, do: Do, undo: Undo, before: ReleaseState) -> None:
    manager, unit_id = office.actor(office.manager), office.units[0].id

    def keep_back(session: Session) -> None:
        unit = session.get_one(Unit, unit_id)
        unit.release_state = before
        session.flush()
        withhold_unit(session, unit, actor=manager, reason="for the owner")

    do(keep_back)

    undo(manager)

    unit = do(lambda s: s.get_one(Unit, unit_id))
    assert (unit.release_state, unit.withheld_reason, unit.withheld_by_id) == (before, "", None)


def test_unit_released_is_kept_back_as_before(office: Office, do: Do, undo: Undo) -> None:
    manager, unit_id = office.actor(office.manager), office.units[0].id
    do(lambda s: withhold_unit(s, s.get_one(Unit, unit_id), actor=manager, reason="for the owner"))
    do(lambda s: release_unit(s, s.get_one(Unit, unit_id), actor=manager))

    undo(manager)

    unit = do(lambda s: s.get_one(Unit, unit_id))
    assert (unit.release_state, unit.withheld_reason) == (ReleaseState.WITHHELD, "for the owner")
    assert unit.withheld_approved_by_id == office.manager.id


def test_unit_released_and_held_stays_released(office: Office, do: Do, undo: Undo) -> None:
    manager, unit_id = office.actor(office.manager), office.units[0].id
    do(lambda s: withhold_unit(s, s.get_one(Unit, unit_id), actor=manager, reason="for the owner"))
    do(lambda s: release_unit(s, s.get_one(Unit, unit_id), actor=manager))
    offer = do(get_last_offer)
    do(lambda s: place_hold(s, s.get_one(Unit, unit_id), actor=office.actor(office.rep)))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: take_back(s, s.merge(offer, load=False), actor=manager))

    assert refusal.value.code == "undo_changed"


def test_place_on_the_waiting_list_is_left_and_taken_again(
    office: Office, do: Do, undo: Undo, hold: Hold
) -> None:
    rep = office.actor(office.rep)
    buyer = do(lambda s: make_buyer(s, office))
    entry = do(lambda s: join_waiting_list(s, office.units[0], actor=rep, customer_id=buyer.id))

    undo(rep)
    left = do(lambda s: s.get_one(WaitingEntry, entry.id)).state
    again = do(lambda s: join_waiting_list(s, office.units[0], actor=rep, customer_id=buyer.id))
    do(lambda s: leave_waiting_list(s, s.get_one(WaitingEntry, again.id), actor=rep))
    undo(rep)

    assert left is WaitingState.WITHDRAWN
    found = do(lambda s: s.get_one(WaitingEntry, again.id))
    assert (found.state, found.position, found.ended_at) == (WaitingState.WAITING, again.position, None)


def test_paper_attached_is_taken_out(office: Office, do: Do, undo: Undo) -> None:
    actor = office.actor(office.assistant)

    def put(session: Session) -> DealAttachment:
        deal = make_sale(session, office).deal
        stored = keep_upload(session, deal, data=b"%PDF-1.7", name="scan.pdf")
        return attach(session, deal, actor=actor, kind=AttachmentKind.OTHER, name="scan.pdf", stored=stored)

    paper = do(put)
    undo(actor)

    found = do(lambda s: s.get_one(DealAttachment, paper.id))
    assert (found.removed_by_id, found.removed_reason) == (office.assistant.id, "由上传人撤销")


def test_paper_taken_out_is_put_back(office: Office, do: Do, undo: Undo) -> None:
    actor = office.actor(office.assistant)

    def put(session: Session) -> DealAttachment:
        deal = make_sale(session, office).deal
        stored = keep_upload(session, deal, data=b"%PDF-1.7", name="scan.pdf")
        paper = attach(session, deal, actor=actor, kind=AttachmentKind.OTHER, name="scan.pdf", stored=stored)
        return remove_attachment(session, paper, actor=actor, reason="blurred")

    paper = do(put)
    undo(actor)

    found = do(lambda s: s.get_one(DealAttachment, paper.id))
    assert (found.removed_at, found.removed_by_id, found.removed_reason) == (None, None, "")


def test_receipt_is_refused_by_who_recorded_it_and_keeps_its_number(
    office: Office, do: Do, undo: Undo
) -> None:
    receipt = do(lambda s: make_receipt(s, office, make_sale(s, office)))

    undo(office.actor(office.assistant))

    found = do(lambda s: s.get_one(Receipt, receipt.id))
    assert (found.state, found.number) == (ReceiptState.REFUSED, receipt.number)
    assert found.refused_reason == "由登记人撤回"


def test_receipt_that_finance_confirmed_stays(office: Office, do: Do, undo: Undo) -> None:
    receipt = do(lambda s: make_receipt(s, office, make_sale(s, office)))
    finance = office.actor(office.finance)
    do(lambda s: confirm_receipt(s, s.get_one(Receipt, receipt.id), actor=finance))

    code = code_of(undo, office.actor(office.assistant))

    assert code == "undo_changed"
    assert do(lambda s: s.get_one(Receipt, receipt.id)).state is ReceiptState.CONFIRMED
