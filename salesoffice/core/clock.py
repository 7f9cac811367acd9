"""The only place that reads the time. Moments are aware UTC; business days belong to the office's time zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
_zone = _DEFAULT_ZONE
_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def set_timezone(name: str) -> None:
    """Set the office's time zone (IANA name); called once when the application is made."""
    global _zone
    _zone = ZoneInfo(name)


def timezone() -> ZoneInfo:
    """Return the office's time zone."""
    return _zone


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return _standing.get() or datetime.now(UTC)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at an aware moment; for writing a demonstration office's history in its own order."""
    token = _standing.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _standing.reset(token)


def business_day_of(moment: datetime) -> date:
    """Return the business day on which an aware moment falls in the office's time zone."""
    return moment.astimezone(_zone).date()


def business_today() -> date:
    """Return today's business day."""
    return business_day_of(now())


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the UTC moments at which a business day begins and at which the next one begins."""
    start = datetime.combine(day, time.min, tzinfo=_zone)
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=_zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def moment_on(day: date, at: time) -> datetime:
    """Return the UTC moment of a local time on a business day."""
    return datetime.combine(day, at, tzinfo=_zone).astimezone(UTC)


def local(moment: datetime) -> datetime:
    """Return a moment in the office's time zone, for showing it."""
    return moment.astimezone(_zone)


def rfc3339(moment: datetime) -> str:
    """Write an aware moment as the API and the commands do: UTC, to the second, `2026-01-31T09:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
