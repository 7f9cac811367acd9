"""How figures, days, names and states look on pages, prints and mails; the filters and globals of the templates."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from urllib.parse import urlencode

from flask import Flask, request
from flask_babel import format_date

from salesoffice.core import clock, text
from salesoffice.core.money import format_yuan

NOTHING = "–"

_TONES: Mapping[str, str] = {
    "green": "available confirmed paid sent delivered in_force verified active released_for_sale covered",
    "yellow": "held hold provisional recorded pending queued draft due partly_paid open under_way retrying",
    "orange": "subscribed subscription",
    "red": "contracted contract signed_online overdue failed breach",
    "darkred": "filed",
    "violet": "mortgaged seized restricted",
    "blue": "approved released converted closed done",
}
TONES: Mapping[str, str] = {state: tone for tone, states in _TONES.items() for state in states.split()}


def yuan(fen: int | None) -> str:
    """Show an amount in fen as yuan: 123450 → 1,234.50."""
    return NOTHING if fen is None else format_yuan(fen)


def area(value: Decimal | None) -> str:
    """Show an area in m² with its two decimals: 1,234.50."""
    return NOTHING if value is None else f"{value:,.2f}"


def percent(value: Decimal | None, places: int = 1) -> str:
    """Show a rate (0.2) as a percentage (20.0%)."""
    return NOTHING if value is None else f"{value * 100:.{places}f}%"


def day(value: date | None) -> str:
    """Show a business day: 2026-05-31."""
    return NOTHING if value is None else value.isoformat()


def long_day(value: date | None) -> str:
    """Show a business day in words with its weekday, in the reader's language."""
    return NOTHING if value is None else str(format_date(value, "full", rebase=False))


def moment(value: datetime | None, *, seconds: bool = False) -> str:
    """Show an aware moment in the office's time zone: 2026-05-31 09:30."""
    if value is None:
        return NOTHING
    return clock.local(value).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def clock_time(value: datetime | None) -> str:
    """Show only the time of day of an aware moment in the office's time zone: 09:30."""
    return NOTHING if value is None else clock.local(value).strftime("%H:%M")


def label(value: object) -> str:
    """Show a member of an enumeration by its label, anything else as it is."""
    return NOTHING if value is None else str(getattr(value, "label", value))


def tone(state: object) -> str:
    """Return the colour word of a state: green, yellow, orange, red, darkred, violet, blue or grey."""
    value = state.value if isinstance(state, Enum) else state
    return TONES.get(str(value), "grey")


def mask_name(value: str | None) -> str:
    """Show only the first sign of a name."""
    return text.mask_name(value) if value else NOTHING


def mask_phone(value: str | None) -> str:
    """Show only the beginning and the end of a telephone number."""
    return text.mask_phone(value) if value else NOTHING


def url_with(**changes: object) -> str:
    """Return the address of this page with some of its query arguments changed; None takes one away."""
    arguments = {name: values for name, values in request.args.lists() if name not in changes}
    given = {name: [str(value)] for name, value in changes.items() if value is not None}
    query = urlencode({**arguments, **given}, doseq=True)
    return f"{request.path}?{query}" if query else request.path


def init_filters(app: Flask) -> None:
    """Make the filters and globals known to the templates."""
    filters = (yuan, area, percent, day, long_day, moment, clock_time, label, tone, mask_name, mask_phone)
    app.jinja_env.filters.update({function.__name__: function for function in filters})
    app.jinja_env.globals.update(url_with=url_with, business_today=clock.business_today)
