"""Figures of the day: events added up over periods, and what was restated afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from salesoffice.core.calendar import month_start, week_start, year_start
from salesoffice.dailylog.enums import TOTAL, Metric, Period

NO_AREA = Decimal("0.00")


@dataclass(frozen=True)
class Figure:
    """A number of things with their area in m² and their amount in fen."""

    count: int = 0
    area: Decimal = NO_AREA
    amount: int = 0

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(self.count + other.count, self.area + other.area, self.amount + other.amount)

    def __sub__(self, other: "Figure") -> "Figure":
        return Figure(self.count - other.count, self.area - other.area, self.amount - other.amount)


@dataclass(frozen=True)
class Event:
    """Something that counts: for the business day `day`, known to the system since `entered_at`.

    `product` is the group of the product, empty for calls and visits. `label` names the thing for people (number and unit).
    """

    metric: Metric
    day: date
    entered_at: datetime
    figure: Figure
    product: str = ""
    label: str = ""


@dataclass(frozen=True)
class Restatement:
    """A figure of a closed day that is different by now; `labels` are the entries that came late."""

    day: date
    metric: Metric
    old: Figure
    new: Figure
    labels: tuple[str, ...]


Tally = Mapping[Metric, Mapping[str, Figure]]

_SUMS: tuple[tuple[Metric, tuple[Metric, ...], tuple[Metric, ...]], ...] = (
    (Metric.NET_SUBSCRIPTIONS, (Metric.SUBSCRIPTIONS, Metric.SWAPS), (Metric.SUBSCRIPTION_CANCELLATIONS,)),
    (
        Metric.NET_CONTRACTS,
        (Metric.CONTRACTS,),
        (Metric.CONTRACT_CANCELLATIONS, Metric.SWAPPED_CONTRACTS),
    ),
    (Metric.MONEY, (Metric.MONEY_OWN, Metric.MONEY_LOAN), ()),
)
"""What follows from what: the metrics added, and those taken off. Of a swap only area and amount are added: the number of
sales stays."""


def period_start(period: Period, day: date) -> date | None:
    """Return the first business day of a period that ends with `day`; None when it has no beginning."""
    if period is Period.WEEK:
        return week_start(day)
    if period is Period.MONTH:
        return month_start(day)
    if period is Period.YEAR:
        return year_start(day)
    return day if period is Period.DAY else None


def tally(events: Iterable[Event], products: Iterable[str], *, first: date | None, last: date) -> Tally:
    """Add up the events of the days `first` to `last`, both included, per product and in total.

    Net figures are what was agreed less what ended; the money is the buyers' own plus the loans'.
    """
    names = (TOTAL, *products)
    found: dict[Metric, dict[str, Figure]] = {metric: dict.fromkeys(names, Figure()) for metric in Metric}
    for event in events:
        if event.day > last or (first is not None and event.day < first):
            continue
        of_metric = found[event.metric]
        of_metric[TOTAL] += event.figure
        if event.product:
            of_metric[event.product] = of_metric.get(event.product, Figure()) + event.figure
    for result, added, taken in _SUMS:
        for name in {name for metric in (*added, *taken) for name in found[metric]}:
            plus = sum((_difference(metric, found[metric].get(name, Figure())) for metric in added), Figure())
            minus = sum((found[metric].get(name, Figure()) for metric in taken), Figure())
            found[result][name] = plus - minus
    return found


def _difference(metric: Metric, figure: Figure) -> Figure:
    return Figure(0, figure.area, figure.amount) if metric is Metric.SWAPS else figure


def restate(events: Iterable[Event], *, since: datetime, until: date) -> tuple[Restatement, ...]:
    """List what was entered after the moment `since` for business days up to and including `until`.

    Old is the figure from what was known then, new from what is known now; by day, then in the order of Metric.
    """
    known = [event for event in events if event.day <= until]
    late: dict[tuple[date, Metric], list[Event]] = {}
    for event in known:
        if event.entered_at > since:
            late.setdefault((event.day, event.metric), []).append(event)
    order = list(Metric)
    return tuple(
        _restate_one(day, metric, known, entries)
        for (day, metric), entries in sorted(
            late.items(), key=lambda item: (item[0][0], order.index(item[0][1]))
        )
    )


def _restate_one(day: date, metric: Metric, known: Iterable[Event], late: list[Event]) -> Restatement:
    new = sum((event.figure for event in known if (event.day, event.metric) == (day, metric)), Figure())
    change = sum((event.figure for event in late), Figure())
    return Restatement(day, metric, new - change, new, tuple(event.label for event in late if event.label))


def sell_through(sold: int, launched: int) -> Decimal | None:
    """Return the share of the launched units that is sold, four decimals; None before anything was launched."""
    if not launched:
        return None
    return (Decimal(sold) / Decimal(launched)).quantize(Decimal("0.0001"))
