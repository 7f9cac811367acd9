"""States of a request for approval and of each task in it."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class RequestState(LabelledEnum):
    """Life of a request for approval."""

    PENDING = "pending", _l("Waiting for approval")
    APPROVED = "approved", _l("Approved")
    REJECTED = "rejected", _l("Rejected")
    WITHDRAWN = "withdrawn", _l("Withdrawn")
    STALE = "stale", _l("Overtaken by another change")


class TaskState(LabelledEnum):
    """Life of one person's or role's part in a request; tasks of the same position stand side by side."""

    WAITING = "waiting", _l("Not yet its turn")
    OPEN = "open", _l("To be decided")
    APPROVED = "approved", _l("Approved")
    REJECTED = "rejected", _l("Rejected")
    CLOSED = "closed", _l("No longer needed")


REQUEST_STEPS: Mapping[RequestState, frozenset[RequestState]] = MappingProxyType(
    {
        RequestState.PENDING: frozenset(RequestState) - {RequestState.PENDING},
        RequestState.APPROVED: frozenset({RequestState.STALE}),
        RequestState.REJECTED: frozenset(),
        RequestState.WITHDRAWN: frozenset(),
        RequestState.STALE: frozenset(),
    }
)
"""From which state a request may go to which. What was approved turns stale when it can no longer be applied."""

TASK_STEPS: Mapping[TaskState, frozenset[TaskState]] = MappingProxyType(
    {
        TaskState.WAITING: frozenset({TaskState.OPEN, TaskState.CLOSED}),
        TaskState.OPEN: frozenset({TaskState.APPROVED, TaskState.REJECTED, TaskState.CLOSED}),
        TaskState.APPROVED: frozenset(),
        TaskState.REJECTED: frozenset(),
        TaskState.CLOSED: frozenset(),
    }
)
"""From which state a task may go to which."""


class MeasureUnit(LabelledEnum):
    """In which unit the measure of a kind, and so the threshold of a step, is counted."""

    NONE = "none", _l("no measure")
    DAYS = "days", _l("days")
    FEN = "fen", _l("yuan")


class UsualChain(LabelledEnum):
    """The chain that an office usually has for a kind, until it sets its own."""

    MANAGER = "manager", _l("Sales manager")
    EXECUTIVE = "executive", _l("Executive")
    BOTH = "both", _l("Sales manager, then executive")
    BY_DAYS = "by_days", _l("The longer, the higher")


class RequestNews(LabelledEnum):
    """What mail tells about a request."""

    OPENED = "opened", _l("A decision waits for you")
    CHASED = "chased", _l("A decision is overdue")
    DECIDED = "decided", _l("Your request was decided")


class RuleSwitch(LabelledEnum):
    """Whether a kind of change needs approval in a project."""

    NONE = "none", _l("Needs no approval")
    APPROVE = "approve", _l("Is approved by this chain")
