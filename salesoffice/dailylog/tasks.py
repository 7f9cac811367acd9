"""What the scheduler wakes."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import exists, select

from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM
from salesoffice.dailylog.documents import close_day, deliver_log
from salesoffice.dailylog.queries.logs import find_last_closed, list_unsent
from salesoffice.dailylog.services import list_missed_days
from salesoffice.infra.db import db, transaction
from salesoffice.infra.jobs import is_stopping, sweep
from salesoffice.inventory.models import Unit
from salesoffice.projects.models import Project
from salesoffice.projects.queries import list_recipients

MORNING = time(8, 0)
"""A missed day is closed and sent from this time of the next day on; the office wants the report by 9:30."""

SENT_FOR_DAYS = 7
"""Logs of days longer ago are closed but no longer sent by themselves."""


@dataclass(frozen=True)
class LogReport:
    """What one pass did."""

    closed: int = 0
    mails: int = 0

    def __add__(self, other: "LogReport") -> "LogReport":
        return LogReport(self.closed + other.closed, self.mails + other.mails)


@sweep("dailylog", seconds=60)
def run() -> object:
    """Close and send what is due."""
    return close_and_send_due()


def close_and_send_due() -> LogReport:
    """Close and send the logs that are due in every project that does it by itself; safe to repeat."""
    session = db.session()
    statement = (
        select(Project)
        .where(Project.is_log_automatic, exists().where(Unit.project_id == Project.id))
        .order_by(Project.id)
    )
    projects = session.scalars(statement).all()
    report = LogReport()
    for project in projects:
        if is_stopping():
            break
        report += _work_on(project)
    return report


def _work_on(project: Project) -> LogReport:
    report = LogReport()
    for day in _due_days(project):
        with transaction() as session:
            close_day(session, project, day, actor=SYSTEM)
        report += LogReport(closed=1)
    session = db.session()
    session.rollback()
    if not list_recipients(session, project.id):
        return report
    since = clock.business_today() - timedelta(days=SENT_FOR_DAYS)
    for log in list_unsent(session, project.id, since):
        report += LogReport(mails=len(deliver_log(project, log, actor=SYSTEM)))
    return report


def _due_days(project: Project) -> list[date]:
    session = db.session()
    today, now = clock.business_today(), clock.local(clock.now()).time()
    yesterday = today - timedelta(days=1)
    days = list(list_missed_days(session, project.id, yesterday)) if now >= MORNING else []
    last = find_last_closed(session, project.id)
    if now >= project.log_send_at and (last is None or last.day < today):
        days = [*list_missed_days(session, project.id, yesterday), today]
    return days
