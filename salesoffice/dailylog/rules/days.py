"""Which days are to be closed, and what the log's mail is called."""

import hashlib
from collections.abc import Collection
from datetime import date, datetime, timedelta

MAXIMUM_KEY = 200


def missed_days(last_closed: date | None, until: date) -> tuple[date, ...]:
    """Return the days after the last closed one up to and including `until`; none before the first log."""
    if last_closed is None:
        return ()
    return tuple(last_closed + timedelta(days=step) for step in range(1, (until - last_closed).days + 1))


def cut_off(now: datetime, day_end: datetime) -> datetime:
    """Return the last moment that belongs to a log: now, or the end of its day when that has passed."""
    return min(now, day_end - timedelta(microseconds=1))


def mail_key(project_code: str, day: date, recipient: str) -> str:
    """Return what identifies the mail of a log to one recipient, at most 200 signs long."""
    key = f"dailylog:{project_code}:{day.isoformat()}:{recipient}"
    if len(key) <= MAXIMUM_KEY:
        return key
    return f"dailylog:{project_code}:{day.isoformat()}:{hashlib.sha256(recipient.encode()).hexdigest()}"


def message_id(project_code: str, day: date, recipient: str) -> str:
    """Return the Message-ID of a log: a fixed function of project, day and recipient."""
    digest = hashlib.sha256(mail_key(project_code, day, recipient).encode()).hexdigest()[:32]
    return f"<dailylog.{project_code.lower()}.{day:%Y%m%d}.{digest}@salesoffice.invalid>"


def tidy_addresses(addresses: Collection[str]) -> tuple[str, ...]:
    """Return addresses in lower case without blanks and doubles, in their order."""
    return tuple(dict.fromkeys(address.strip().lower() for address in addresses if address.strip()))
