"""What must be ready before a launch, and what the data says of it by itself. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.launch.enums import LaunchItemKind, LaunchItemState


@dataclass(frozen=True)
class LaunchFacts:
    """What the data says of a release batch; codes name units.

    `unpriced`, `unmeasured`, `doubtful`, `unpermitted` are units; `planless_types` names of unit types without a floor
    plan; `printed_*` whether that sheet of the version in force was printed; `unpublished` numbers of the permits that
    cover units of the batch and whose units and prices have not been made public.
    """

    unit_count: int
    unpriced: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    unpermitted: tuple[str, ...] = ()
    planless_types: tuple[str, ...] = ()
    unpublished: tuple[str, ...] = ()
    is_detail_printed: bool = False
    is_overview_printed: bool = False


@dataclass(frozen=True)
class Judgement:
    """What the data says of one item: done, or what is missing (words, and the names it is about)."""

    is_done: bool
    missing: LazyString | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemState:
    """What is shown of an item: its state, whether the data decided it, whether it is late."""

    state: LaunchItemState
    judgement: Judgement | None
    is_late: bool

    @property
    def is_closed(self) -> bool:
        """Whether nothing is left to do."""
        return self.state is not LaunchItemState.OPEN


AUTOMATIC = frozenset(
    {
        LaunchItemKind.PRICE_DETAIL,
        LaunchItemKind.PRICE_OVERVIEW,
        LaunchItemKind.UNIT_TABLE,
        LaunchItemKind.STATUS_OVERVIEW,
        LaunchItemKind.FLOOR_PLANS,
        LaunchItemKind.PERMIT,
        LaunchItemKind.PUBLICATION,
    }
)
"""Items that tick themselves."""

USUAL_ITEMS = tuple(kind for kind in LaunchItemKind if kind is not LaunchItemKind.OTHER)
"""What every launch needs (DOMAIN: everything before a launch, and the five public certificates), in this order."""


def judge_item(kind: LaunchItemKind, facts: LaunchFacts) -> Judgement | None:
    """Tell what the data says of an item; None for what only a person can tell."""
    judge = _JUDGES.get(kind)
    if judge is None:
        return None
    if facts.unit_count == 0:
        return Judgement(is_done=False, missing=_l("The batch has no units yet."))
    return judge(facts)


def state_of(
    kind: LaunchItemKind, ticked: LaunchItemState, due_on: date | None, facts: LaunchFacts, today: date
) -> ItemState:
    """Return the state of an item: what a person says not to need stays so, otherwise the data decides where it can."""
    judgement = judge_item(kind, facts)
    state = ticked
    if judgement is not None and ticked is not LaunchItemState.NOT_NEEDED:
        state = LaunchItemState.DONE if judgement.is_done else LaunchItemState.OPEN
    is_late = state is LaunchItemState.OPEN and due_on is not None and due_on < today
    return ItemState(state, judgement, is_late)


def count_closed(states: Iterable[ItemState]) -> tuple[int, int]:
    """Return (items with nothing left to do, all items)."""
    found = tuple(states)
    return sum(state.is_closed for state in found), len(found)


def sell_through(sold: int, launched: int | None) -> Decimal | None:
    """Return sold ÷ units as launched (0.125 = 12.5 %), rounded down to a tenth of a per cent; None before the launch."""
    return None if not launched else Decimal(sold * 1000 // launched) / 1000


def _judge_names(names: Collection[str], missing: LazyString) -> Judgement:
    return Judgement(not names, None if not names else missing, tuple(names))


def _judge_publication(facts: LaunchFacts) -> Judgement:
    if facts.unpermitted:
        return Judgement(
            is_done=False, missing=_l("Units that no valid permit covers:"), names=facts.unpermitted
        )
    return _judge_names(facts.unpublished, _l("Permits whose units and prices are not marked as published:"))


def _judge_printed(facts: LaunchFacts, is_printed: bool) -> Judgement:
    if facts.unpriced:
        return Judgement(is_done=False, missing=_l("Units without a price in force:"), names=facts.unpriced)
    if not is_printed:
        return Judgement(
            is_done=False, missing=_l("The prices in force have not been printed on this sheet yet.")
        )
    return Judgement(is_done=True)


_JUDGES: Mapping[LaunchItemKind, Callable[[LaunchFacts], Judgement]] = MappingProxyType(
    {
        LaunchItemKind.PRICE_DETAIL: lambda facts: _judge_printed(facts, facts.is_detail_printed),
        LaunchItemKind.PRICE_OVERVIEW: lambda facts: _judge_printed(facts, facts.is_overview_printed),
        LaunchItemKind.UNIT_TABLE: lambda facts: _judge_names(
            facts.unmeasured, _l("Units without an area or a type:")
        ),
        LaunchItemKind.STATUS_OVERVIEW: lambda facts: _judge_names(
            facts.doubtful, _l("Units whose place is in doubt:")
        ),
        LaunchItemKind.FLOOR_PLANS: lambda facts: _judge_names(
            facts.planless_types, _l("Unit types without a floor plan:")
        ),
        LaunchItemKind.PERMIT: lambda facts: _judge_names(
            facts.unpermitted, _l("Units that no valid permit covers:")
        ),
        LaunchItemKind.PUBLICATION: _judge_publication,
    }
)
