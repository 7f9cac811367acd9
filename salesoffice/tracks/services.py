"""The verbs of what follows after signing: tracks begun, moved on, and the unit handed over."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.contracts.services.locking import get_claim
from salesoffice.contracts.services.locking import record_change as record_contract
from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, Text, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimKind, Stage
from salesoffice.deals.models import Deal
from salesoffice.deals.services import advance_claim, check_stage, lock_unit
from salesoffice.infra import audit
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import UnitArea
from salesoffice.payments.queries import balance
from salesoffice.payments.services.accounts import lock_account
from salesoffice.projects.queries import get_project
from salesoffice.tracks.enums import TrackKind, TrackState
from salesoffice.tracks.models import ServiceTrack
from salesoffice.tracks.queries import find_contract_in_force, get_track, list_tracks
from salesoffice.tracks.rules import AreaUnsettled, MoneyMissing, check_track_step, due_day, tracks_of

NOTE_LENGTH = 200


@dataclass(frozen=True)
class TrackMove:
    """Where a track goes: the business day on which it happened, when it is due, a note (required for a stop)."""

    state: TrackState
    on: date
    due_on: date | None = None
    note: str = ""


def open_tracks(session: Session, contract: Contract, *, actor: Actor) -> None:
    """Begin the tracks of a verified contract; those of an earlier contract of the same sale begin again."""
    project = get_project(session, contract.project_id)
    known = {track.kind: track for track in list_tracks(session, contract.deal_id)}
    for kind in tracks_of(contract.plan_kind):
        due_on = due_day(kind, contract.signed_on, filing_days=project.filing_days)
        track = known.get(kind) or ServiceTrack(
            project_id=contract.project_id, deal_id=contract.deal_id, kind=kind
        )
        track.state, track.due_on, track.note = TrackState.NOT_STARTED, due_on, ""
        track.started_on = track.done_on = track.reminded_on = None
        track.changed_at, track.changed_by_id = clock.now(), actor.id
        session.add(track)
    session.flush()


def move_track(
    session: Session, deal: Deal, kind: TrackKind, *, actor: Actor, move: TrackMove
) -> ServiceTrack:
    """Move a track of a sale on. Handing over also moves the unit's claim to “handed over”.

    Refused: NotFound for a sale without this track, WrongState where the state does not follow or the sale has ended,
    InvalidInput for a day in the future or a stop without a note; for the handover also `attachment_missing`,
    MoneyMissing, AreaUnsettled, and a contract that is not filed.
    """
    _check_move(move)
    lock_unit(session, deal.unit_id)
    track = get_track(session, deal.id, kind)
    session.refresh(track)
    check_track_step(kind, track.state, move.state)
    contract = find_contract_in_force(session, deal.id)
    if contract is None:
        raise WrongState(_l("This sale has no contract any more; nothing follows."))
    if kind is TrackKind.HANDOVER and move.state is TrackState.DONE:
        _hand_over(session, deal, contract, actor=actor, on=move.on)
    return _write(session, track, move, actor)


def settle_track(session: Session, deal_id: int, *, actor: Actor, on: date) -> None:
    """Note that the area of a sale is settled, where it has the track and it is not done."""
    for track in list_tracks(session, deal_id):
        if track.kind is TrackKind.AREA_SETTLEMENT and track.state is not TrackState.DONE:
            _write(session, track, TrackMove(TrackState.DONE, on, track.due_on), actor)


def _hand_over(session: Session, deal: Deal, contract: Contract, *, actor: Actor, on: date) -> None:
    check_stage(session, deal, Stage.HAND_OVER, actor=actor)
    if deal.account_id is not None:
        account = lock_account(session, deal.account_id)
        missing = balance(session, account, on).outstanding
        if missing:
            raise MoneyMissing(missing)
    surveyed = select(UnitArea.id).where(
        UnitArea.unit_id == deal.unit_id,
        UnitArea.edition == AreaEdition.FINAL,
        UnitArea.superseded_at.is_(None),
        UnitArea.checked_at.is_not(None),
    )
    settled = get_track(session, deal.id, TrackKind.AREA_SETTLEMENT).state is TrackState.DONE
    if not settled and session.scalars(surveyed).first() is not None:
        raise AreaUnsettled
    claim = get_claim(session, contract)
    before = {"kind": claim.kind.value}
    advance_claim(session, claim, actor=actor, kind=ClaimKind.DELIVERED, document_id=contract.id)
    record_contract(session, contract, "contract.delivered", actor, before=before, after={"on": on})


def _write(session: Session, track: ServiceTrack, move: TrackMove, actor: Actor) -> ServiceTrack:
    before = {"state": track.state.value, "due_on": track.due_on}
    track.state, track.due_on, track.note = move.state, move.due_on or track.due_on, move.note.strip()
    if move.state is TrackState.UNDER_WAY and track.started_on is None:
        track.started_on = move.on
    if move.state is TrackState.DONE:
        track.started_on, track.done_on = track.started_on or move.on, move.on
    track.changed_at, track.changed_by_id = clock.now(), actor.id
    session.flush()
    after = {"kind": track.kind.value, "state": track.state.value, "on": move.on, "note": track.note}
    audit.record(
        session,
        action="track.moved",
        actor=actor,
        project_id=track.project_id,
        subject=track,
        unit_id=track.deal.unit_id,
        before=before,
        after=after,
    )
    return track


def _check_move(move: TrackMove) -> None:
    if move.on > clock.business_today():
        _refuse("on", _l("This day is in the future."))
    if move.state is TrackState.STOPPED and not move.note.strip():
        _refuse("note", _l("Say why it stops."))
    if len(move.note.strip()) > NOTE_LENGTH:
        _refuse("note", _l("At most %(count)s characters.", count=NOTE_LENGTH))


def _refuse(field: str, message: Text) -> None:
    raise InvalidInput(message, [FieldProblem(field, message)])
