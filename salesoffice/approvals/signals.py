"""What is approved is known further left (`changes`); this is how approvals describe it and pass a decision on.

One describer and one listener are registered per kind of subject (`subject_kind`, the name of its table) when the
application is made. Without them a request can be neither shown nor decided: the question fails instead of being
answered with nothing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from salesoffice.approvals.enums import MeasureUnit, RequestNews, UsualChain
from salesoffice.core.errors import Text
from salesoffice.core.permissions import Actor


@dataclass(frozen=True)
class ApprovalKind:
    """A kind of request for which a project may have a chain, and the unit of what its thresholds compare."""

    value: str
    label: Text
    unit: MeasureUnit = MeasureUnit.NONE
    usual: UsualChain = UsualChain.MANAGER


@dataclass(frozen=True)
class FactRow:
    """One value before and after; both in words, as a person reads them."""

    label: Text
    old: str
    new: str


@dataclass(frozen=True)
class HistoryRow:
    """One thing that happened before: when, what, who."""

    when: str
    words: str
    who: str = ""


@dataclass(frozen=True)
class AttachedFile:
    """A paper to look at before deciding."""

    name: str
    url: str


@dataclass(frozen=True)
class RequestFacts:
    """What an approver sees. Amounts are fen; `floor_effect` is deal price less floor price afterwards, None: no floor
    price. `url` leads to the thing itself, `reason` says why, `note` is what the applicant added.
    """

    title: str
    url: str = ""
    rows: Sequence[FactRow] = ()
    amount_effect: int | None = None
    floor_effect: int | None = None
    reason: str = ""
    note: str = ""
    history: Sequence[HistoryRow] = ()
    attachments: Sequence[AttachedFile] = ()
    deal_number: str = ""
    unit_code: str = ""


Listener = Callable[[Session, Any, Actor], None]
"""Takes the session, the `approvals.models.ApprovalRequest`, and the person who decided last.

`request.state` is approved or rejected. What can no longer be applied: call `services.mark_stale` and return, or raise
a DomainError (then nothing is decided).
"""

Describer = Callable[[Session, Any, Actor], RequestFacts]
"""Takes the session, the `approvals.models.ApprovalRequest`, and the person who looks at it."""

Locker = Callable[[Session, Any], None]
"""Takes the session and the request; locks what applying it will lock (units, accounts)."""

Postman = Callable[[Session, Any, Collection[int], RequestNews], None]
"""Takes the session, the request, the ids of the people to be told, and what they are told."""

T = TypeVar("T")

_listeners: dict[str, Listener] = {}
_describers: dict[str, Describer] = {}
_lockers: dict[str, Locker] = {}
_kinds: dict[str, ApprovalKind] = {}
_postmen: list[Postman] = []


def on_decision(subject_kind: str) -> Callable[[Listener], Listener]:
    """Register the function that is told, in the same transaction, when a request is approved or rejected as a whole."""
    return _register(_listeners, subject_kind)


def describes(subject_kind: str) -> Callable[[Describer], Describer]:
    """Register the function that says what a request is about."""
    return _register(_describers, subject_kind)


def locks_subject(subject_kind: str) -> Callable[[Locker], Locker]:
    """Register the function that is called before a request's own row is locked for a decision.

    Needed where the subject is locked before its request elsewhere: units, then accounts, then requests.
    """
    return _register(_lockers, subject_kind)


def declare_kinds(*kinds: ApprovalKind) -> None:
    """Declare kinds for which projects may set up chains; a kind is declared once."""
    for kind in kinds:
        if kind.value in _kinds:
            raise ValueError(f"there is a kind {kind.value} already")
        _kinds[kind.value] = kind


def delivers_news(postman: Postman) -> Postman:
    """Register the function that queues the mail about a request."""
    _postmen.append(postman)
    return postman


def list_kinds() -> Sequence[ApprovalKind]:
    """List the declared kinds in the order in which they were declared."""
    return tuple(_kinds.values())


def find_kind(value: str) -> ApprovalKind | None:
    """Find a declared kind."""
    return _kinds.get(value)


def tell_decision(session: Session, subject_kind: str, request: Any, actor: Actor) -> None:
    """Tell whoever registered for a kind of subject that its request is decided."""
    _require(_listeners, subject_kind)(session, request, actor)


def describe(session: Session, subject_kind: str, request: Any, actor: Actor) -> RequestFacts:
    """Ask whoever registered for a kind of subject what its request is about."""
    return _require(_describers, subject_kind)(session, request, actor)


def lock_subject(session: Session, subject_kind: str, request: Any) -> None:
    """Lock what a request is about, if somebody registered how."""
    locker = _lockers.get(subject_kind)
    if locker is not None:
        locker(session, request)


def send_news(session: Session, request: Any, user_ids: Collection[int], news: RequestNews) -> None:
    """Have people told about a request by mail."""
    if not _postmen:
        raise RuntimeError("nobody delivers news: salesoffice.approvals.receivers was not imported")
    if user_ids:
        _postmen[-1](session, request, user_ids, news)


def _register(functions: dict[str, T], subject_kind: str) -> Callable[[T], T]:
    def register(function: T) -> T:
        functions[subject_kind] = function
        return function

    return register


def _require(functions: dict[str, T], subject_kind: str) -> T:
    function = functions.get(subject_kind)
    if function is None:
        raise RuntimeError(f"nobody registered for requests about {subject_kind}")
    return function
