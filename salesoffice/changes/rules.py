"""Decisions about changes of a sale: what is possible when, what an approval covers, and when it is overtaken."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _l

from salesoffice.changes.enums import (
    CHANGE_STEPS,
    CHANGES_OF_CLAIM,
    ENDED_KINDS,
    ChangeKind,
    ChangeState,
    Fault,
)
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text, WrongState
from salesoffice.deals.enums import ClaimEnd, ClaimKind

CHANGE_SERIES, CHANGE_TEMPLATE = "change", "BG{number:06d}"
"""Number series of a project's changes and how their numbers look."""

Values = Mapping[str, object]
"""Values that JSON can hold: fen as integers, days and rates as text."""


@dataclass(frozen=True)
class ChangePlan:
    """What a change would do, before it does it.

    `old` and `new` hold the same keys. `measure` is what the approval chain compares with its thresholds (days, fen),
    `amount_effect` the change of the deal price, `floor_effect` deal price less floor price afterwards (None where there
    is no floor price), all in fen. `must_be_approved` says in words why it cannot be made without an approval.
    """

    old: Values
    new: Values
    measure: int = 0
    amount_effect: int = 0
    floor_effect: int | None = None
    must_be_approved: Text | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    """What `apply` needs from `plan`; never stored."""


@dataclass(frozen=True)
class Settlement:
    """Where the money of a sale that ends goes beside being given back (fen): what the seller keeps, or owes beyond."""

    kept: int
    owed: int


def settle_by_fault(fault: Fault, *, received: int, deposit: int) -> Settlement:
    """Settle a sale that ends by whose fault it is (fen): `received` is here, of which `deposit` is the deposit.

    Nobody's: everything is given back. The buyer's: the deposit is kept. The seller's: the deposit is given back twice
    (定金罚则, Civil Code art. 587).
    """
    if fault is Fault.BUYER:
        return Settlement(kept=min(deposit, received), owed=0)
    return Settlement(kept=0, owed=deposit if fault is Fault.SELLER else 0)


def settle_as_agreed(refundable: int, *, received: int) -> Settlement:
    """Settle a sale that ends so that `refundable` of what was `received` is given back (fen)."""
    return Settlement(kept=max(received - refundable, 0), owed=max(refundable - received, 0))


def is_forfeit_due(sign_by: date, days: int, today: date) -> bool:
    """Tell whether a sale is forfeited by itself: so many whole days after the last day for signing have passed."""
    return (today - sign_by).days > days


class ChangeNotPossible(WrongState):
    """The sale is not at a stage at which this change can be made."""

    def __init__(self, kind: ChangeKind, stage: Text) -> None:
        super().__init__(
            _l("“%(kind)s” is not possible while the sale is “%(stage)s”.", kind=kind.label, stage=stage),
            kind=kind.value,
        )


class FilingStands(WrongState):
    """The contract is filed: its filing is withdrawn first."""

    def __init__(self, kind: ChangeKind) -> None:
        super().__init__(
            _l(
                "This contract is filed. Have the filing withdrawn first, then ask for “%(kind)s” again.",
                kind=kind.label,
            ),
            kind=kind.value,
        )


class ChangeWaiting(DomainError):
    """A change of the same kind already waits for approval."""

    def __init__(self, number: str) -> None:
        super().__init__(
            _l("Change %(number)s of the same kind waits for approval. Withdraw it first.", number=number),
            code="change_waiting",
            number=number,
        )


class ChangeStale(DomainError):
    """What a change started from is no longer as it was; the approval does not cover it."""

    def __init__(self, number: str, fields: tuple[str, ...]) -> None:
        super().__init__(
            _l(
                "The sale has changed since change %(number)s was asked for (%(fields)s)."
                " Reject it and have it asked for again.",
                number=number,
                fields=", ".join(fields),
            ),
            code="change_stale",
            number=number,
            fields=list(fields),
        )


class ApprovalMissing(DomainError):
    """This change needs an approval, and the project has no chain for its kind."""

    def __init__(self, reason: Text) -> None:
        super().__init__(
            _l(
                "%(reason)s This needs approval. Have the chain of approval for this kind set up first.",
                reason=reason,
            ),
            code="approval_missing",
        )


def check_change_possible(
    kind: ChangeKind, claim: ClaimKind | None, ended: ClaimEnd | None, stage: Text
) -> None:
    """Refuse a change that is not possible now: `claim` is the kind of the open claim on the flat, None when the sale has
    ended, then `ended` says how. Refused with FilingStands (withdraw the filing first) or ChangeNotPossible.
    """
    if kind in ENDED_KINDS:
        if claim is None and ended is ClaimEnd.FORFEIT:
            return
        raise ChangeNotPossible(kind, stage)
    if claim in CHANGES_OF_CLAIM[kind]:
        return
    if claim is ClaimKind.FILED and ClaimKind.SIGNED_ONLINE in CHANGES_OF_CLAIM[kind]:
        raise FilingStands(kind)
    raise ChangeNotPossible(kind, stage)


def check_change_step(current: ChangeState, wanted: ChangeState) -> None:
    """Refuse with WrongState to bring a change into a state that does not follow."""
    if wanted not in CHANGE_STEPS[current]:
        raise WrongState(
            _l("The change is “%(state)s”; this is not possible any more.", state=current.label),
            state=current.value,
        )


def fingerprint(kind: ChangeKind, terms: Values, plan: ChangePlan) -> str:
    """Return the SHA-256 of what an approval covers: what was asked for and what it does."""
    covered = [kind.value, terms, plan.old, plan.new, plan.amount_effect, plan.floor_effect]
    return hashlib.sha256(dump(covered).encode()).hexdigest()


def differing_fields(stored: Values, now: Values) -> tuple[str, ...]:
    """Name the values that are no longer as they were, in order."""
    keys = [*stored, *(key for key in now if key not in stored)]
    return tuple(key for key in keys if _plain(stored.get(key)) != _plain(now.get(key)))


def dump(values: object) -> str:
    """Write values as JSON that is the same for the same values."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def refuse_field(name: str, message: Text, *, code: str = "invalid") -> InvalidInput:
    """Build the refusal of one field of what was asked for."""
    return InvalidInput(message, [FieldProblem(name, message)], code=code)


def check_change_days(signed_on: date, attributed_on: date, today: date) -> None:
    """Refuse a paper signed in the future, and a business day before the paper or in the future."""
    if signed_on > today:
        raise refuse_field("signed_on", _l("This day is in the future."))
    if not signed_on <= attributed_on <= today:
        raise refuse_field(
            "attributed_on", _l("The business day lies between the day of the paper and today.")
        )


def _plain(value: object) -> object:
    return json.loads(dump(value))
