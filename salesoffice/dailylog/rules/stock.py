"""The state of a unit at any past moment, from its claims, its changes and the permits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from salesoffice.dailylog.enums import STOCK_STATES
from salesoffice.deals.enums import SOLD_STATES, TIMED_KINDS, ClaimKind, UnitState
from salesoffice.deals.rules import derive_unit_state
from salesoffice.imports.enums import StatusMeaning
from salesoffice.imports.rules.cells import read_status


@dataclass(frozen=True)
class ReleaseChange:
    """A change of a unit's release axis, as the audit tells it; `reason` is why it was withheld before."""

    at: datetime
    before: str
    reason: str = ""


@dataclass(frozen=True)
class PermitSpan:
    """A permit that covers the unit: known since a moment, valid from a business day."""

    known_at: datetime
    issued_on: date


@dataclass(frozen=True)
class ClaimSpan:
    """A claim from its opening to its end, with the moments at which it moved on."""

    kind: ClaimKind
    opened_at: datetime
    closed_at: datetime | None
    expires_at: datetime | None
    subscribed_at: datetime | None
    verified_at: datetime | None
    ordered_at: datetime | None = None

    def kind_at(self, moment: datetime) -> ClaimKind | None:
        """Return what the claim was at a moment; None when it kept the unit from nobody."""
        if self.opened_at > moment or (self.closed_at is not None and self.closed_at <= moment):
            return None
        if self.kind in TIMED_KINDS:
            is_over = self.expires_at is not None and self.expires_at <= moment
            return None if is_over else self._first_kind(moment)
        kind = self.kind
        if kind is not ClaimKind.SUBSCRIPTION and not _has_happened(self.verified_at, moment):
            kind = ClaimKind.SUBSCRIPTION
        if kind is ClaimKind.SUBSCRIPTION and not _has_happened(self.subscribed_at, moment):
            kind = self._first_kind(moment)
        return kind

    def _first_kind(self, moment: datetime) -> ClaimKind:
        """Return what the claim was before anything was signed for good: a hold, or a provisional order by then."""
        return ClaimKind.PROVISIONAL if _has_happened(self.ordered_at, moment) else ClaimKind.HOLD


@dataclass(frozen=True)
class UnitHistory:
    """What is known of a unit; `changes` in their order, `release_state` and `withheld_reason` as they are now.

    `file_words` are the words for its sale that imported files had.
    """

    unit_id: int
    created_at: datetime
    release_state: str
    withheld_reason: str = ""
    file_words: Collection[str] = ()
    changes: tuple[ReleaseChange, ...] = ()
    permits: tuple[PermitSpan, ...] = ()
    claims: tuple[ClaimSpan, ...] = ()

    def base_at(self, moment: datetime, day: date) -> UnitState | None:
        """Return the state without any claim; None when the unit was not there yet."""
        if self.created_at > moment:
            return None
        later = self._next_change(moment)
        release_state = later.before if later else self.release_state
        is_permitted = any(permit.known_at <= moment and permit.issued_on <= day for permit in self.permits)
        return derive_unit_state(release_state, is_permitted, None)

    def state_at(self, moment: datetime, day: date) -> UnitState | None:
        """Return the state everybody was shown at a moment of a business day, as a line of the stock."""
        base = self.base_at(moment, day)
        if base is None:
            return None
        for claim in self.claims:
            kind = claim.kind_at(moment)
            if kind is not None:
                return stock_state(derive_unit_state(self.release_state, True, kind))
        return stock_state(base)

    def is_sold_by_file_at(self, moment: datetime, day: date) -> bool:
        """Whether it was withheld at a moment because an imported file said, in its own word, that it is sold."""
        if self.state_at(moment, day) is not UnitState.WITHHELD:
            return False
        later = self._next_change(moment)
        reason = later.reason if later else self.withheld_reason
        return reason in self.file_words and read_status(reason) is StatusMeaning.SOLD

    def _next_change(self, moment: datetime) -> ReleaseChange | None:
        return next((change for change in self.changes if change.at > moment), None)


def stock_state(state: UnitState) -> UnitState:
    """Return the line of the stock under which a state counts."""
    if state in STOCK_STATES:
        return state
    return UnitState.CONTRACTED if state in SOLD_STATES else UnitState.HELD


def _has_happened(at: datetime | None, moment: datetime) -> bool:
    return at is not None and at <= moment
