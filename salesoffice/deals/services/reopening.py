"""The two ways back: a deal that goes on after it had ended, and a claim whose filing is withdrawn."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import FILING_WITHDRAWN, ClaimKind, DealState, NotFreeReason
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import find_open_claim, is_permitted, list_accessory_claims
from salesoffice.deals.rules import UnitNotFree, UnitTaken
from salesoffice.deals.services.claims import (
    bind_accessory,
    check_not_overlaid,
    flush_claim,
    record_accessory,
)
from salesoffice.infra import audit
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Unit


def check_reopenable(session: Session, units: Sequence[Unit]) -> None:
    """Refuse the locked units of a deal that cannot go on with them: claimed again meanwhile (UnitTaken), under a legal
    overlay (UnitOverlaid), no longer released (`unit_not_released`; withheld is fine) or without a permit.
    """
    for unit in units:
        if find_open_claim(session, unit.id) is not None:
            raise UnitTaken(unit=unit.code)
        check_not_overlaid(session, unit)
        if unit.release_state is ReleaseState.UNRELEASED:
            raise UnitNotFree(NotFreeReason.UNIT_NOT_RELEASED, unit=unit.code)
        if not is_permitted(session, unit):
            raise UnitNotFree(NotFreeReason.PERMIT_MISSING, unit=unit.code)


def reopen_deal(
    session: Session, deal: Deal, *, actor: Actor, units: Sequence[Unit], document_id: int
) -> Claim:
    """Let an ended deal go on with a new claim of kind subscription on the same unit, `document_id` its new agreement.

    `units` are the deal's own unit first, then its accessories; all are locked, were asked by `check_reopenable`, and
    are on sale again (released) under their claims. The deal keeps its number.
    """
    deal.state, deal.ended_at = DealState.OPEN, None
    for unit in units:
        _release(session, unit, actor)
    claim = Claim(
        project_id=deal.project_id,
        unit_id=units[0].id,
        deal_id=deal.id,
        kind=ClaimKind.SUBSCRIPTION,
        document_id=document_id,
        opened_at=clock.now(),
        deal=deal,
        unit=units[0],
    )
    session.add(claim)
    flush_claim(session)
    for unit in units[1:]:
        bind_accessory(session, claim, unit, actor=actor)
    return claim


def step_back_from_filing(session: Session, claim: Claim, *, actor: Actor) -> Claim:
    """Take an open claim back to the online signing, its accessories too; the unit is locked.

    Refused with WrongState for a claim that is not filed.
    """
    if claim.kind not in FILING_WITHDRAWN:
        raise WrongState(_l("“%(kind)s” has no filing that could be withdrawn.", kind=claim.kind.label))
    wanted = FILING_WITHDRAWN[claim.kind]
    for moved in (claim, *list_accessory_claims(session, claim.deal_id)):
        before = {"kind": moved.kind.value}
        moved.kind = wanted
        session.flush()
        if moved.is_accessory:
            record_accessory(session, moved, actor, "accessory.advanced", before=before)
    return claim


def _release(session: Session, unit: Unit, actor: Actor) -> None:
    if unit.release_state is ReleaseState.RELEASED:
        return
    before = {"release_state": unit.release_state.value}
    unit.release_state = ReleaseState.RELEASED
    unit.withheld_reason, unit.withheld_until = "", None
    unit.withheld_by_id = unit.withheld_approved_by_id = None
    session.flush()
    audit.record(
        session,
        action="unit.released",
        actor=actor,
        project_id=unit.project_id,
        subject=unit,
        unit_id=unit.id,
        before=before,
        after={"release_state": unit.release_state.value},
    )
