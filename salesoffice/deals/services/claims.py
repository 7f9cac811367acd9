"""The claim on a unit and the deal it belongs to: opened, moved on, closed.

How two people are kept from selling one unit: lock the unit (`lock_unit`), look at its claim, change. Behind the lock
stands the partial unique index `uq_claims_open_unit`: even without the lock a second open claim cannot be written.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import TIMED_KINDS, ClaimEnd, ClaimKind, DealState
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import (
    DEAL_SERIES,
    DEAL_TEMPLATE,
    find_open_claim,
    is_permitted,
    list_accessory_claims,
)
from salesoffice.deals.rules import (
    NotAnAccessory,
    UnitOverlaid,
    UnitTaken,
    check_claim_end,
    check_claim_step,
    check_unit_free,
)
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _
from salesoffice.infra.numbering import next_number
from salesoffice.inventory.enums import ACCESSORY_PRODUCTS, ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import find_overlays
from salesoffice.staff.models import User

OPEN_CLAIM_INDEX = "uq_claims_open_unit"
_ON_SQLITE = "UNIQUE constraint failed: claims.unit_id"


class Document(Protocol):
    """The hold or subscription that a claim stands for."""

    @property
    def id(self) -> int: ...


def lock_unit(session: Session, unit_id: int, *, with_units: Collection[int] = ()) -> Unit:
    """Lock a unit until the transaction ends and return it fresh; raises NotFound.

    The accessories bound to its deal are locked with it, and `with_units` that are about to be bound; all by id in one
    statement, so that nobody can wait in a circle.
    """
    deal_id = select(Claim.deal_id).where(Claim.unit_id == unit_id, Claim.closed_at.is_(None))
    bound = select(Claim.unit_id).where(
        Claim.deal_id.in_(deal_id), Claim.is_accessory, Claim.closed_at.is_(None)
    )
    wanted = or_(Unit.id.in_((unit_id, *with_units)), Unit.id.in_(bound))
    found = {unit.id: unit for unit in lock_rows(session, select(Unit).where(wanted).order_by(Unit.id))}
    if unit_id not in found:
        raise NotFound(_l("There is no such unit."))
    return found[unit_id]


def check_claimable(session: Session, unit: Unit, *, actor: Actor) -> None:
    """Refuse a unit that cannot be claimed now: UnitTaken, UnitOverlaid, or UnitNotFree with `unit_not_released`,
    `permit_missing`.

    Lock the unit before; an expired claim still counts until the caller has closed it.
    """
    claim = find_open_claim(session, unit.id, include_expired=True)
    if claim is not None:
        raise build_unit_taken(session, claim, actor=actor)
    check_not_overlaid(session, unit)
    check_unit_free(unit.release_state.value, is_permitted(session, unit), None)


def check_not_overlaid(session: Session, unit: Unit) -> None:
    """Refuse with UnitOverlaid a locked unit that is mortgaged, seized or restricted; also asked before a hold is signed."""
    overlays = find_overlays(session, unit.id)
    if overlays:
        raise UnitOverlaid(overlays)


def build_unit_taken(session: Session, claim: Claim, *, actor: Actor) -> UnitTaken:
    """Build the refusal for a unit with a claim; it tells only what the person may know of it."""
    deal = claim.deal
    is_mine = deal.rep_id == actor.id
    if not is_mine and not actor.can(Permission.DEAL_VIEW_ALL, claim.project_id):
        return UnitTaken(mine=False)
    rep = session.get_one(User, deal.rep_id)
    until = claim.expires_at.isoformat().replace("+00:00", "Z") if claim.expires_at else None
    return UnitTaken(mine=is_mine, deal=deal.number, kind=claim.kind.value, rep=rep.name, until=until)


def open_claim(
    session: Session,
    unit: Unit,
    *,
    rep_id: int,
    kind: ClaimKind,
    document: Callable[[Deal], Document],
    expires_at: datetime | None = None,
) -> Claim:
    """Open a deal with its claim on a unit that is locked and was found free by `check_claimable`.

    `document` builds the hold or subscription for the new deal and returns it added to the session. The loser of a
    race that the lock did not catch gets UnitTaken from the unique index.
    """
    deal = open_deal(session, unit, rep_id=rep_id)
    made = document(deal)
    session.flush()
    claim = Claim(
        project_id=unit.project_id,
        unit_id=unit.id,
        deal_id=deal.id,
        kind=kind,
        document_id=made.id,
        opened_at=clock.now(),
        expires_at=expires_at,
        deal=deal,
        unit=unit,
    )
    session.add(claim)
    flush_claim(session)
    return claim


def open_deal(session: Session, unit: Unit, *, rep_id: int) -> Deal:
    """Open a deal with the next number of its project; nobody else gets one until the transaction ends."""
    number = next_number(session, project_id=unit.project_id, series=DEAL_SERIES, template=DEAL_TEMPLATE)
    deal = Deal(
        project_id=unit.project_id,
        number=number,
        unit_id=unit.id,
        rep_id=rep_id,
        state=DealState.OPEN,
        created_at=clock.now(),
        unit=unit,
        buyers=[],
    )
    session.add(deal)
    session.flush()
    return deal


def bind_accessory(session: Session, claim: Claim, unit: Unit, *, actor: Actor) -> Claim:
    """Bind a parking space or a storage room to the deal of a flat: a claim of its own that follows the flat's.

    `unit` is locked and was found free by `check_claimable`. The claim has the kind and the document of the flat's.
    Refused: NotAnAccessory for a unit that is no parking space or storage room.
    """
    if unit.product not in ACCESSORY_PRODUCTS or unit.project_id != claim.project_id:
        raise NotAnAccessory(unit.code)
    bound = Claim(
        project_id=claim.project_id,
        unit_id=unit.id,
        deal_id=claim.deal_id,
        kind=claim.kind,
        is_accessory=True,
        document_id=claim.document_id,
        opened_at=clock.now(),
        expires_at=claim.expires_at,
        deal=claim.deal,
        unit=unit,
    )
    session.add(bound)
    flush_claim(session)
    record_accessory(session, bound, actor, "accessory.bound", before={})
    return bound


def advance_claim(
    session: Session,
    claim: Claim,
    *,
    actor: Actor,
    kind: ClaimKind,
    document_id: int,
    expires_at: datetime | None = None,
) -> Claim:
    """Move an open claim on to the next kind with its document. Accessories follow.

    `expires_at` (UTC) goes with the kinds of TIMED_KINDS; the others do not expire any more. Lock the unit before.
    Refused with WrongState where the kind does not follow.
    """
    check_claim_step(claim.kind, kind)
    if (kind in TIMED_KINDS) is (expires_at is None):
        raise ValueError(f"a claim of kind {kind.value} with expires_at {expires_at}")
    for moved in (claim, *list_accessory_claims(session, claim.deal_id)):
        before = {"kind": moved.kind.value}
        moved.kind = kind
        moved.document_id = document_id
        moved.expires_at = expires_at
        session.flush()
        if moved.is_accessory:
            record_accessory(session, moved, actor, "accessory.advanced", before=before)
    return claim


def close_claim(session: Session, claim: Claim, *, actor: Actor, end: ClaimEnd, reason: str = "") -> Claim:
    """Close an open claim and end its deal (not for a swap: the deal goes on with another unit).

    Accessories end with their flat and are withheld until their price is confirmed; what was entered by mistake (VOID)
    was never sold, so that they stay on sale. Lock the unit before. Refused with WrongState where the kind cannot end
    so; closing twice changes nothing.
    """
    if claim.closed_at is not None:
        return claim
    check_claim_end(claim.kind, end)
    now = clock.now()
    accessories = list_accessory_claims(session, claim.deal_id)
    for closed in (claim, *accessories):
        closed.closed_at, closed.end_kind, closed.end_reason = now, end, reason
    if end is not ClaimEnd.SWAP:
        claim.deal.state, claim.deal.ended_at = DealState.ENDED, now
    session.flush()
    for closed in accessories if end is not ClaimEnd.VOID else ():
        take_back_unit(session, closed.unit, actor=actor)
    return claim


def take_back_unit(session: Session, unit: Unit, *, actor: Actor) -> Unit:
    """Withhold a unit that came back from a sale, until the manager has confirmed its price and releases it again."""
    before = {"release_state": unit.release_state.value}
    unit.release_state = ReleaseState.WITHHELD
    unit.withheld_reason = _("Returned: confirm the price")
    unit.withheld_until = None
    unit.withheld_by_id, unit.withheld_approved_by_id = actor.id, None
    session.flush()
    audit.record(
        session,
        action="unit.withheld",
        actor=actor,
        project_id=unit.project_id,
        subject=unit,
        unit_id=unit.id,
        before=before,
        after={"release_state": unit.release_state.value, "reason": unit.withheld_reason},
    )
    return unit


def record_accessory(
    session: Session, claim: Claim, actor: Actor, action: str, *, before: Mapping[str, object]
) -> None:
    """Write one audit entry of a claim on an accessory."""
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=claim.project_id,
        subject=claim,
        unit_id=claim.unit_id,
        before=before,
        after={"kind": claim.kind.value, "deal": claim.deal.number},
    )


def flush_claim(session: Session) -> None:
    """Write a claim; the loser of a race that the lock did not catch gets UnitTaken from the unique index."""
    try:
        session.flush()
    except IntegrityError as error:
        if OPEN_CLAIM_INDEX in str(error.orig) or _ON_SQLITE in str(error.orig):
            raise UnitTaken(mine=False) from error
        raise
