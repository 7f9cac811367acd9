"""The logs themselves: which days are closed, and where their mails are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.dailylog.enums import DailyLogState
from salesoffice.dailylog.models import DailyLog, Opinion
from salesoffice.infra.models import MailProblem, MailState, OutboxMail


@dataclass(frozen=True)
class Delivery:
    """Where the mail of a log to one recipient is; `words` are the mail server's own."""

    mail_id: int
    recipient: str
    state: MailState
    problem: MailProblem | None
    words: str
    sent_at: datetime | None


def find_log(session: Session, project_id: int, day: date) -> DailyLog | None:
    """Find the log of a day, open or closed."""
    statement = select(DailyLog).where(DailyLog.project_id == project_id, DailyLog.day == day)
    return session.scalars(statement).one_or_none()


def get_closed_log(session: Session, project_id: int, day: date) -> DailyLog:
    """Return the closed log of a day; raises NotFound while there is none."""
    log = find_log(session, project_id, day)
    if log is None or log.state is not DailyLogState.CLOSED:
        raise NotFound(_l("The daily log of %(day)s is not closed yet.", day=day.isoformat()))
    return log


def find_last_closed(session: Session, project_id: int, before: date | None = None) -> DailyLog | None:
    """Find the latest closed log of a project, of a day before `before` if given."""
    statement = (
        select(DailyLog)
        .where(DailyLog.project_id == project_id, DailyLog.state == DailyLogState.CLOSED)
        .order_by(DailyLog.day.desc())
        .limit(1)
    )
    if before is not None:
        statement = statement.where(DailyLog.day < before)
    return session.scalars(statement).first()


def list_logs(session: Session, project_id: int, first: date, last: date) -> dict[date, DailyLog]:
    """List the logs of the days `first` to `last` by day."""
    statement = select(DailyLog).where(
        DailyLog.project_id == project_id, DailyLog.day >= first, DailyLog.day <= last
    )
    return {log.day: log for log in session.scalars(statement)}


def list_unsent(session: Session, project_id: int, since: date) -> Sequence[DailyLog]:
    """List the closed logs from a day on that were never sent, oldest first."""
    statement = (
        select(DailyLog)
        .where(
            DailyLog.project_id == project_id,
            DailyLog.state == DailyLogState.CLOSED,
            DailyLog.sent_at.is_(None),
            DailyLog.day >= since,
        )
        .order_by(DailyLog.day)
    )
    return session.scalars(statement).all()


def list_deliveries(
    session: Session, project_id: int, code: str, prefix: str
) -> Mapping[date, list[Delivery]]:
    """List where the mails of logs are, by day; `prefix` is a day or its beginning (2026-05, 2026-05-31)."""
    beginning = f"dailylog:{code}:"
    statement = (
        select(OutboxMail)
        .where(
            OutboxMail.project_id == project_id,
            OutboxMail.key.startswith(f"{beginning}{prefix}", autoescape=True),
        )
        .order_by(OutboxMail.id)
    )
    found: dict[date, list[Delivery]] = {}
    for mail in session.scalars(statement):
        day = date.fromisoformat(mail.key.removeprefix(beginning).split(":", 1)[0])
        delivery = Delivery(mail.id, mail.recipient, mail.state, mail.problem, mail.last_error, mail.sent_at)
        found.setdefault(day, []).append(delivery)
    return found


def get_opinion(session: Session, project_id: int, opinion_id: int) -> Opinion:
    """Return an opinion of a project; raises NotFound."""
    opinion = session.get(Opinion, opinion_id)
    if opinion is None or opinion.project_id != project_id:
        raise NotFound(_l("There is no such opinion."))
    return opinion


def read_snapshot(log: DailyLog) -> dict[str, object]:
    """Return the frozen snapshot of a closed log as an object."""
    snapshot: dict[str, object] = json.loads(log.snapshot)
    return snapshot
