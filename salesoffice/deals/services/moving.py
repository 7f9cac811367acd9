"""A deal that goes on with another unit: the swap."""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd, ClaimKind
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import list_accessory_claims
from salesoffice.deals.rules import check_claim_end
from salesoffice.deals.services.claims import Document, bind_accessory, flush_claim, take_back_unit
from salesoffice.inventory.models import Unit


def move_deal(
    session: Session,
    claim: Claim,
    unit: Unit,
    *,
    actor: Actor,
    document: Callable[[], Document],
    accessories: Sequence[Unit] = (),
    reason: str = "",
) -> Claim:
    """Let a deal go on with another unit: its claims end as swapped, one of kind subscription opens on `unit`.

    All units are locked; `unit` was found free by `check_claimable`, and so were those of `accessories` that the deal
    has not got yet. What it gives up, the flat and the accessories that are not named, is withheld until its price is
    confirmed. `document` makes the new agreement once the deal is about the new unit. Refused: WrongState for a claim
    that cannot end so, UnitTaken by the unique index, NotAnAccessory.
    """
    check_claim_end(claim.kind, ClaimEnd.SWAP)
    deal = claim.deal
    given_up = _close(session, claim, kept={accessory.id for accessory in accessories}, reason=reason)
    deal.unit_id, deal.unit = unit.id, unit
    session.flush()
    opened = _open_next(session, deal, unit, document())
    for accessory in accessories:
        bind_accessory(session, opened, accessory, actor=actor)
    for returned in given_up:
        take_back_unit(session, returned, actor=actor)
    return opened


def _close(session: Session, claim: Claim, *, kept: Collection[int], reason: str) -> list[Unit]:
    """Close the claims of a deal as swapped; return the units that it gives up, the flat first."""
    now = clock.now()
    claims = [claim, *list_accessory_claims(session, claim.deal_id)]
    for closed in claims:
        closed.closed_at, closed.end_kind, closed.end_reason = now, ClaimEnd.SWAP, reason
    session.flush()
    return [closed.unit for closed in claims if closed.unit_id not in kept]


def _open_next(session: Session, deal: Deal, unit: Unit, document: Document) -> Claim:
    claim = Claim(
        project_id=deal.project_id,
        unit_id=unit.id,
        deal_id=deal.id,
        kind=ClaimKind.SUBSCRIPTION,
        document_id=document.id,
        opened_at=clock.now(),
        deal=deal,
        unit=unit,
    )
    session.add(claim)
    flush_claim(session)
    return claim
