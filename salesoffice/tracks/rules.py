"""Decisions about what follows after signing: which tracks, when each is due, and what the final survey costs."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, WrongState
from salesoffice.core.money import format_yuan, round_fen
from salesoffice.payments.enums import PlanKind
from salesoffice.tracks.enums import TRACK_STEPS, TrackKind, TrackState

AREA_LIMIT = Decimal("0.03")
"""Up to this share of the agreed area a difference is paid at the contract price (usual contract terms)."""

LOAN_DAYS: Mapping[TrackKind, int] = MappingProxyType({TrackKind.MORTGAGE: 30, TrackKind.PROVIDENT_FUND: 60})
"""Days after the contract within which a loan is expected."""

_TRACKS_OF_PLAN: Mapping[PlanKind, tuple[TrackKind, ...]] = MappingProxyType(
    {PlanKind.MORTGAGE: (TrackKind.MORTGAGE,)}
)
_TRACKS_OF_ALL = (TrackKind.REGISTRATION, TrackKind.AREA_SETTLEMENT, TrackKind.HANDOVER, TrackKind.TITLE)


class MoneyMissing(DomainError):
    """A unit is not handed over while money for it is missing."""

    def __init__(self, amount: int) -> None:
        message = _l(
            "%(amount)s yuan are still to be paid. Record the money first, then hand the unit over.",
            amount=format_yuan(amount),
        )
        super().__init__(message, code="money_missing", amount_fen=amount)


class AreaUnsettled(DomainError):
    """The final survey is there, but its difference in area has not been settled."""

    def __init__(self) -> None:
        message = _l("The final survey of this unit is not settled yet. Settle the area first.")
        super().__init__(message, code="area_unsettled")


def tracks_of(plan: PlanKind) -> tuple[TrackKind, ...]:
    """Return the tracks that a sale with this payment plan has, in their order."""
    return (*_TRACKS_OF_PLAN.get(plan, ()), *_TRACKS_OF_ALL)


def due_day(kind: TrackKind, signed_on: date, *, filing_days: int) -> date | None:
    """Return the day by which a track is expected to be done, None where nothing is usual."""
    if kind is TrackKind.REGISTRATION:
        return signed_on + timedelta(days=filing_days)
    days = LOAN_DAYS.get(kind)
    return None if days is None else signed_on + timedelta(days=days)


def check_track_step(kind: TrackKind, current: TrackState, wanted: TrackState) -> None:
    """Refuse with WrongState to bring a track into a state that does not follow."""
    if wanted not in TRACK_STEPS[current]:
        raise WrongState(
            _l(
                "“%(kind)s” is “%(state)s” and cannot become “%(wanted)s”.",
                kind=kind.label,
                state=current.label,
                wanted=wanted.label,
            ),
            state=current.value,
        )


def area_difference(total: int, agreed: Decimal, final: Decimal, *, limit: Decimal = AREA_LIMIT) -> int:
    """Return what the final survey costs the buyer (fen; negative: given back), by the 3 % rule.

    `total` is the contract price (fen) of the agreed area, areas in m². Within `limit` the difference is paid at the
    contract price. Larger beyond it: the buyer pays up to `limit`, the rest is free. Smaller beyond it: the part beyond
    is given back double. Source: the usual contract terms on area differences.
    """
    difference, bound = final - agreed, agreed * limit
    if difference > bound:
        difference = bound
    elif difference < -bound:
        difference = -bound + 2 * (difference + bound)
    return round_fen(Decimal(total) * difference / agreed)
