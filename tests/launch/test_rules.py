"""What the checklist of a launch judges from the data."""

from datetime import date
from decimal import Decimal

import pytest

from salesoffice.launch.enums import LaunchItemKind, LaunchItemState
from salesoffice.launch.rules import LaunchFacts, count_closed, judge_item, sell_through, state_of

READY = LaunchFacts(unit_count=2, is_detail_printed=True, is_overview_printed=True)
TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (LaunchItemKind.PRICE_DETAIL, LaunchFacts(2, unpriced=("1-101",))),
        (LaunchItemKind.PRICE_DETAIL, LaunchFacts(2)),
        (LaunchItemKind.PRICE_OVERVIEW, LaunchFacts(2, is_detail_printed=True)),
        (LaunchItemKind.UNIT_TABLE, LaunchFacts(2, unmeasured=("1-101",))),
        (LaunchItemKind.STATUS_OVERVIEW, LaunchFacts(2, doubtful=("1-101",))),
        (LaunchItemKind.FLOOR_PLANS, LaunchFacts(2, planless_types=("A1",))),
        (LaunchItemKind.PERMIT, LaunchFacts(2, unpermitted=("1-101",))),
        (LaunchItemKind.PUBLICATION, LaunchFacts(2, unpublished=("X1",))),
        (LaunchItemKind.PUBLICATION, LaunchFacts(2, unpermitted=("1-101",))),
        (LaunchItemKind.UNIT_TABLE, LaunchFacts(0)),
    ],
)
def test_item_stays_open_while_the_data_is_not_complete(kind: LaunchItemKind, facts: LaunchFacts) -> None:
    judgement = judge_item(kind, facts)

    assert judgement is not None
    assert (judgement.is_done, judgement.missing is not None) == (False, True)


def test_complete_data_ticks_every_automatic_item() -> None:
    judged = [judge_item(kind, READY) for kind in LaunchItemKind]

    assert [judgement.is_done for judgement in judged if judgement is not None] == [True] * 7


def test_what_only_a_person_can_tell_is_not_judged() -> None:
    assert judge_item(LaunchItemKind.MORTGAGE_PAPERS, READY) is None


def test_not_needed_goes_before_the_data() -> None:
    facts = LaunchFacts(2, planless_types=("A1",))

    found = state_of(LaunchItemKind.FLOOR_PLANS, LaunchItemState.NOT_NEEDED, None, facts, TODAY)

    assert (found.state, found.is_late) == (LaunchItemState.NOT_NEEDED, False)


@pytest.mark.parametrize(("due_on", "is_late"), [(date(2026, 3, 1), True), (TODAY, False), (None, False)])
def test_open_item_is_late_after_its_day(due_on: date | None, is_late: bool) -> None:
    found = state_of(LaunchItemKind.MORTGAGE_PAPERS, LaunchItemState.OPEN, due_on, READY, TODAY)

    assert found.is_late is is_late


def test_closed_items_are_counted() -> None:
    states = [
        state_of(kind, LaunchItemState.OPEN, None, READY, TODAY)
        for kind in (LaunchItemKind.PERMIT, LaunchItemKind.SUPPLEMENT)
    ]

    assert count_closed(states) == (1, 2)


@pytest.mark.parametrize(
    ("sold", "launched", "share"),
    [
        (0, None, None),
        (0, 8, Decimal(0)),
        (1, 8, Decimal("0.125")),
        (2, 3, Decimal("0.666")),
        (8, 8, Decimal(1)),
    ],
)
def test_sell_through_counts_units_as_launched(
    sold: int, launched: int | None, share: Decimal | None
) -> None:
    assert sell_through(sold, launched) == share
