"""What people add to a day: weather, plan, remark, opinions."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, NotAllowed, WrongState
from salesoffice.core.permissions import Actor, Permission
from salesoffice.dailylog.enums import DailyLogState, OpinionKind
from salesoffice.dailylog.models import DailyLog, Opinion
from salesoffice.dailylog.queries.logs import find_log
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.projects.models import Project

MAXIMUM_WEATHER = 60
MAXIMUM_TEXT = 2000


def get_or_open_log(session: Session, project: Project, day: date) -> DailyLog:
    """Return the log of a day under lock, opened if it was not there. Refuses a day in the future (InvalidInput)."""
    if day > clock.business_today():
        message = _l("%(day)s has not come yet. Choose today or an earlier day.", day=day.isoformat())
        raise InvalidInput(message, [FieldProblem("date", message)], code="day_in_future")
    locked = select(DailyLog).where(DailyLog.project_id == project.id, DailyLog.day == day)
    found = lock_rows(session, locked)
    if found:
        return found[0]
    # Everybody who opens a log of this project waits here, so that nobody opens the same one twice.
    lock_rows(session, select(Project).where(Project.id == project.id))
    found = lock_rows(session, locked)
    if found:
        return found[0]
    log = DailyLog(project_id=project.id, day=day, state=DailyLogState.OPEN)
    session.add(log)
    session.flush()
    return log


def save_notes(
    session: Session, log: DailyLog, *, actor: Actor, weather: str, plan: str, remark: str = ""
) -> DailyLog:
    """Keep weather, plan for tomorrow and remark of an open day. Refused: WrongState once it is closed."""
    _check_length("weather", weather, MAXIMUM_WEATHER)
    _check_length("plan", plan, MAXIMUM_TEXT)
    _check_length("remark", remark, MAXIMUM_TEXT)
    if log.state is DailyLogState.CLOSED:
        raise closed(log.day)
    before = {"weather": log.weather, "plan": log.plan, "remark": log.remark}
    after = {"weather": weather.strip(), "plan": plan.strip(), "remark": remark.strip()}
    if after == before:
        return log
    log.weather, log.plan, log.remark = after["weather"], after["plan"], after["remark"]
    session.flush()
    audit.record(
        session,
        action="dailylog.noted",
        actor=actor,
        project_id=log.project_id,
        subject=log,
        before=before,
        after=after,
    )
    return log


def add_opinion(
    session: Session, project: Project, *, actor: Actor, kind: OpinionKind, text: str, day: date | None = None
) -> Opinion:
    """Add an opinion to a business day, today by default; the same words twice are one opinion.

    One for a day that is closed appears in the next log. Refused: an empty or too long text, a day in the future.
    """
    day = day or clock.business_today()
    text = _check_opinion(text)
    if day > clock.business_today():
        message = _l("%(day)s has not come yet. Choose today or an earlier day.", day=day.isoformat())
        raise InvalidInput(message, [FieldProblem("day", message)], code="day_in_future")
    if actor.id is None:
        raise NotAllowed(_l("Only a person has an opinion."))
    same = select(Opinion).where(
        Opinion.project_id == project.id,
        Opinion.happened_on == day,
        Opinion.kind == kind,
        Opinion.rep_id == actor.id,
        Opinion.text == text,
    )
    known = session.scalars(same).first()
    if known is not None:
        return known
    opinion = Opinion(
        project_id=project.id,
        happened_on=day,
        kind=kind,
        rep_id=actor.id,
        text=text,
        entered_at=clock.now(),
    )
    session.add(opinion)
    session.flush()
    _record(session, opinion, "opinion.added", actor)
    return opinion


def update_opinion(
    session: Session, opinion: Opinion, *, actor: Actor, kind: OpinionKind, text: str
) -> Opinion:
    """Change one's own opinion while its day is open; whoever closes the day may change everybody's.

    Refused: NotAllowed for somebody else's, WrongState for a closed day, InvalidInput for an empty or too long text.
    """
    if opinion.rep_id != actor.id and not actor.can(Permission.LOG_CLOSE, opinion.project_id):
        raise NotAllowed(_l("This opinion is somebody else's; only its author changes it."))
    text = _check_opinion(text)
    log = find_log(session, opinion.project_id, opinion.happened_on)
    if log is not None and log.state is DailyLogState.CLOSED:
        raise closed(opinion.happened_on)
    opinion.kind, opinion.text = kind, text
    session.flush()
    _record(session, opinion, "opinion.changed", actor)
    return opinion


def closed(day: date) -> WrongState:
    """Build the refusal for a day that is closed."""
    return WrongState(
        _l("%(day)s is closed and does not change any more. What comes late appears in the next log.",
           day=day.isoformat()),
        code="day_closed",
    )  # fmt: skip


def _check_opinion(text: str) -> str:
    tidy = text.strip()
    if not tidy:
        message = _l("Write down what was said.")
        raise InvalidInput(message, [FieldProblem("text", message)])
    _check_length("text", tidy, MAXIMUM_TEXT)
    return tidy


def _check_length(field: str, text: str, maximum: int) -> None:
    if len(text.strip()) > maximum:
        message = _l("Please enter no more than %(max)d characters.", max=maximum)
        raise InvalidInput(message, [FieldProblem(field, message)])


def _record(session: Session, opinion: Opinion, action: str, actor: Actor) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=opinion.project_id,
        subject=opinion,
        after={"day": opinion.happened_on.isoformat(), "kind": opinion.kind.value, "text": opinion.text},
    )
