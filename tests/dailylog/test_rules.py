"""Rules of the daily log with exact figures."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from salesoffice.core.text import natural_key
from salesoffice.dailylog.enums import TOTAL, Metric, MovementKind, Period
from salesoffice.dailylog.rules.days import cut_off, mail_key, message_id, missed_days, tidy_addresses
from salesoffice.dailylog.rules.figures import Event, Figure, period_start, restate, sell_through, tally
from salesoffice.dailylog.rules.reconciliation import Movement, merge_movements, reconcile
from salesoffice.dailylog.rules.stock import ClaimSpan, PermitSpan, ReleaseChange, UnitHistory
from salesoffice.deals.enums import ClaimKind, UnitState

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def sale(
    metric: Metric, amount: int, *, day: date = DAY, at: datetime = NOON, product: str = "residential"
) -> Event:
    return Event(metric, day, at, Figure(1, Decimal("90.00"), amount), product, "label")


@pytest.mark.parametrize(
    ("period", "start"),
    [
        (Period.DAY, DAY),
        (Period.WEEK, date(2026, 11, 16)),
        (Period.MONTH, date(2026, 11, 1)),
        (Period.YEAR, date(2026, 1, 1)),
        (Period.TO_DATE, None),
    ],
)
def test_period_starts_on_its_first_day(period: Period, start: date | None) -> None:
    assert period_start(period, DAY) == start


def test_tally_adds_up_per_product_and_in_total() -> None:
    events = [
        sale(Metric.SUBSCRIPTIONS, 900_00),
        sale(Metric.SUBSCRIPTIONS, 100_00, product="parking"),
        sale(Metric.SUBSCRIPTION_CANCELLATIONS, 100_00, product="parking"),
        sale(Metric.SUBSCRIPTIONS, 5, day=DAY + timedelta(days=1)),
        sale(Metric.SUBSCRIPTIONS, 7, day=DAY - timedelta(days=1)),
    ]

    found = tally(events, ["residential", "parking"], first=DAY, last=DAY)

    assert found[Metric.NET_SUBSCRIPTIONS] == {
        TOTAL: Figure(1, Decimal("90.00"), 900_00),
        "residential": Figure(1, Decimal("90.00"), 900_00),
        "parking": Figure(0, Decimal("0.00"), 0),
    }


def test_money_is_own_money_and_loans() -> None:
    events = [sale(Metric.MONEY_OWN, 30_00), sale(Metric.MONEY_OWN, -10_00), sale(Metric.MONEY_LOAN, 50_00)]

    found = tally(events, ["residential"], first=None, last=DAY)

    assert [
        found[metric][TOTAL].amount for metric in (Metric.MONEY_OWN, Metric.MONEY_LOAN, Metric.MONEY)
    ] == [
        20_00,
        50_00,
        70_00,
    ]


def test_restatement_has_the_figure_before_and_after() -> None:
    events = [sale(Metric.CONTRACTS, 100), sale(Metric.CONTRACTS, 40, at=NOON + HOUR)]

    found = restate(events, since=NOON, until=DAY)

    assert [(row.day, row.metric, row.old.amount, row.new.amount, row.labels) for row in found] == [
        (DAY, Metric.CONTRACTS, 100, 140, ("label",))
    ]


def test_entry_for_an_open_day_is_no_restatement() -> None:
    assert (
        restate([sale(Metric.CONTRACTS, 1, at=NOON + HOUR)], since=NOON, until=DAY - timedelta(days=1)) == ()
    )


def test_reconciliation_finds_the_difference() -> None:
    moves = [
        Movement(MovementKind.HOLD_PLACED, "available", "held", 3),
        Movement(MovementKind.HOLD_RELEASED, "held", "available", 1),
    ]

    lines = reconcile({"available": 10, "held": 0}, moves, {"available": 8, "held": 3})

    assert [(line.name, line.expected, line.counted, line.difference) for line in lines] == [
        ("available", 8, 8, 0),
        ("held", 2, 3, 1),
    ]


def test_movements_of_one_kind_are_added_up() -> None:
    move = Movement(MovementKind.RECEIVED, "", "money", 5)

    assert merge_movements([move, move, Movement(MovementKind.REFUNDED, "money", "", 0)]) == (
        Movement(MovementKind.RECEIVED, "", "money", 10),
    )


def test_unit_is_in_the_state_of_the_moment() -> None:
    claim = ClaimSpan(ClaimKind.CONTRACT, NOON, None, None, NOON + HOUR, NOON + 2 * HOUR)
    unit = UnitHistory(
        unit_id=1,
        created_at=NOON - 3 * HOUR,
        release_state="released",
        changes=(ReleaseChange(NOON - HOUR, "withheld"),),
        permits=(PermitSpan(NOON - 3 * HOUR, date(2026, 1, 5)),),
        claims=(claim,),
    )

    states = [unit.state_at(NOON + step * HOUR, DAY) for step in (-4, -2, -1, 0, 1, 2)]

    assert states == [
        None,
        UnitState.WITHHELD,
        UnitState.AVAILABLE,
        UnitState.HELD,
        UnitState.SUBSCRIBED,
        UnitState.CONTRACTED,
    ]


def test_expired_hold_keeps_nobody_away() -> None:
    claim = ClaimSpan(ClaimKind.HOLD, NOON, None, NOON + HOUR, None, None)

    assert [claim.kind_at(NOON + step * HOUR) for step in (0, 1)] == [ClaimKind.HOLD, None]


def test_missed_days_follow_the_last_closed_one() -> None:
    assert missed_days(date(2026, 11, 18), DAY) == (date(2026, 11, 19), DAY)
    assert missed_days(DAY, DAY) == ()
    assert missed_days(None, DAY) == ()


def test_cut_off_is_now_or_the_end_of_the_day() -> None:
    end = NOON + HOUR

    assert cut_off(NOON, end) == NOON
    assert cut_off(end + HOUR, end) == end - timedelta(microseconds=1)


def test_message_id_is_fixed_by_project_day_and_recipient() -> None:
    one = message_id("P1", DAY, "chairman@example.test")

    assert one == message_id("P1", DAY, "chairman@example.test")
    assert (
        len(
            {one, message_id("P2", DAY, "chairman@example.test"), message_id("P1", DAY, "other@example.test")}
        )
        == 3
    )
    assert mail_key("P1", DAY, "chairman@example.test") == "dailylog:P1:2026-11-20:chairman@example.test"
    assert len(mail_key("P1", DAY, "a" * 250)) <= 200


def test_addresses_are_tidied() -> None:
    assert tidy_addresses([" A@example.test", "a@example.test", ""]) == ("a@example.test",)


def test_sell_through_is_sold_of_launched() -> None:
    assert (sell_through(2, 20), sell_through(0, 0)) == (Decimal("0.1000"), None)


def test_names_are_sorted_as_people_count() -> None:
    names = ["", "10栋", "B2", "2栋", "A10", "A", "B", "A2"]

    assert sorted(names, key=natural_key) == ["2栋", "10栋", "A", "A2", "A10", "B", "B2", ""]
