"""Whether an offer still holds: its day, its price, its unit; and what can be done with it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import TIMED_KINDS, UnitState
from salesoffice.deals.queries import find_open_claim, unit_state
from salesoffice.infra.files import get_file, read_file
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import find_overlays
from salesoffice.offers.models import Offer
from salesoffice.offers.signals import find_kept_price
from salesoffice.pricing.queries import find_price_in_force

_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})


@dataclass(frozen=True)
class Standing:
    """How an offer stands now. `price_now` is today's list total (fen) where it differs from the offer's."""

    is_expired: bool
    price_now: int | None
    has_price: bool
    state: UnitState
    is_free: bool
    is_held_here: bool
    can_hold: bool
    can_sign: bool

    @property
    def holds(self) -> bool:
        """Tell whether everything is still as the offer says."""
        return (
            not self.is_expired
            and self.has_price
            and self.price_now is None
            and (self.is_free or self.is_held_here)
        )


def judge_offer(session: Session, offer: Offer, *, actor: Actor) -> Standing:
    """Look how an offer stands; a hold of the rep who made it keeps unit and price for it."""
    unit = offer.unit
    claim, state = find_open_claim(session, unit.id), unit_state(session, unit)
    is_here = claim is not None and claim.kind in TIMED_KINDS and claim.deal.rep_id == offer.rep_id
    kept = find_kept_price(session, claim) if claim is not None and is_here else None
    price = find_price_in_force(session, unit.id)
    total = kept.list_total if kept else price.list_total_amount if price else None
    is_free = state is UnitState.AVAILABLE and not find_overlays(session, unit.id)
    return Standing(
        is_expired=offer.valid_until < clock.now(),
        price_now=total if total != offer.list_total_amount else None,
        has_price=total is not None,
        state=state,
        is_free=is_free,
        is_held_here=is_here,
        can_hold=is_free and actor.can(Permission.HOLD_PLACE, offer.project_id),
        can_sign=(is_free or is_here) and actor.can(Permission.SUBSCRIPTION_SIGN, offer.project_id),
    )


def read_floor_plan(session: Session, unit: Unit) -> bytes | None:
    """Read the picture of the floor plan of a unit's type, else of its section; None when there is none."""
    plans = (unit.unit_type.floor_plan_id if unit.unit_type else None, unit.section.floor_plan_id)
    for file_id in plans:
        stored = get_file(session, file_id) if file_id is not None else None
        if stored is not None and stored.media_type in _PICTURES:
            return read_file(stored)
    return None
