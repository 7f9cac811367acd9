"""The list of days, the review page of an open day, the page of a closed one."""

import datetime
import re
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.core.calendar import add_months, month_start
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.dailylog.documents import build_page, close_and_send, deliver_log, page_fragment
from salesoffice.dailylog.enums import DailyLogState, OpinionKind
from salesoffice.dailylog.forms import NotesForm, OpinionForm, RecipientsForm
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.queries.details import list_opinions
from salesoffice.dailylog.queries.logs import (
    find_last_closed,
    find_log,
    get_closed_log,
    list_deliveries,
    list_logs,
)
from salesoffice.dailylog.services import build_snapshot, get_or_open_log, list_missed_days, save_notes
from salesoffice.dailylog.views.blueprint import bp
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import get_file, read_file
from salesoffice.infra.i18n import _, _l
from salesoffice.infra.jobs import wake
from salesoffice.projects.models import Project
from salesoffice.projects.queries import current_project, list_recipients
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import BaseForm, fill_problem

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@bp.route("/p/<code>/log")
@requires(Permission.LOG_VIEW)
def index(**_address: str) -> ResponseReturnValue:
    """Show a month of days with their states and where their mails are."""
    project, session = current_project(), db.session()
    today = clock.business_today()
    found = _MONTH.fullmatch(request.args.get("month", ""))
    first = datetime.date(int(found[1]), int(found[2]), 1) if found else month_start(today)
    last = add_months(first, 1) - datetime.timedelta(days=1)
    newest = find_last_closed(session, project.id)
    return render_template(
        "dailylog/index.html",
        project=project,
        first=first,
        last=last,
        today=today,
        days=[
            day for day in (last - datetime.timedelta(days=step) for step in range(last.day)) if day <= today
        ],
        logs=list_logs(session, project.id, first, last),
        deliveries=list_deliveries(session, project.id, project.code, f"{first:%Y-%m}-"),
        missed=set(list_missed_days(session, project.id, today - datetime.timedelta(days=1))),
        newest=newest.day if newest else None,
        recipients=list_recipients(session, project.id),
        previous=add_months(first, -1),
        following=add_months(first, 1),
    )


@bp.route("/p/<code>/log/<date>")
@requires(Permission.LOG_VIEW)
def show(date: str, **_address: str) -> ResponseReturnValue:
    """Show a day: closed, as it was frozen; open, for reviewing."""
    project, asked = current_project(), _read_day(date)
    log = find_log(db.session(), project.id, asked)
    if log is not None and log.state is DailyLogState.CLOSED:
        return _closed_page(project, log)
    if asked > clock.business_today():
        raise NotFound(_l("This day has not come yet."))
    return _open_page(project, asked, log)


@bp.route("/p/<code>/log/<date>/notes", methods=["POST"])
@requires(Permission.LOG_CLOSE)
def notes(code: str, date: str) -> ResponseReturnValue:
    """Keep weather, plan and remark."""
    project, asked, form = current_project(), _read_day(date), NotesForm()
    if not form.validate():
        return _open_page(project, asked, None, notes=form), 422
    try:
        with transaction() as session:
            log = get_or_open_log(session, project, asked)
            save_notes(
                session,
                log,
                actor=current_actor(),
                weather=form.weather.data or "",
                plan=form.plan.data or "",
                remark=form.remark.data or "",
            )
    except DomainError as error:
        return _refused(project, asked, form, error)
    flash(_("The notes of the day are saved."), "success")
    return redirect(url_for("dailylog.show", code=code, date=date))


@bp.route("/p/<code>/log/<date>/close", methods=["POST"])
@requires(Permission.LOG_CLOSE)
def close(code: str, date: str) -> ResponseReturnValue:
    """Close the day and send its log to the recipients of the project."""
    project, asked, form = current_project(), _read_day(date), NotesForm()
    try:
        _log, mails = close_and_send(project, asked, actor=current_actor())
    except DomainError as error:
        return _refused(project, asked, form, error)
    wake("outbox")
    flash(
        _("%(day)s is closed; %(count)s mails are on their way.", day=date, count=len(mails))
        if mails
        else _("%(day)s is closed.", day=date),
        "success",
    )
    return redirect(url_for("dailylog.show", code=code, date=date))


@bp.route("/p/<code>/log/<date>/send", methods=["POST"])
@requires(Permission.LOG_SEND)
def send(code: str, date: str) -> ResponseReturnValue:
    """Send a closed log to the project's recipients who have not got it, or to further addresses."""
    project, asked, form = current_project(), _read_day(date), RecipientsForm()
    log = get_closed_log(db.session(), project.id, asked)
    addresses = None
    if "to" in request.form:
        if not form.validate():
            return _closed_page(project, log, form), 422
        addresses = re.split(r"[,;，；\s]+", form.to.data or "")
    try:
        mails = deliver_log(project, log, actor=current_actor(), recipients=addresses)
    except DomainError as error:
        fill_problem(form, error)
        return _closed_page(project, log, form), error.status
    wake("outbox")
    sent = ", ".join(mail.recipient for mail in mails)
    flash(
        _("The log is on its way to %(recipients)s.", recipients=sent)
        if mails
        else _("Everybody has been sent this log already; nothing was sent twice."),
        "success" if mails else "info",
    )
    return redirect(url_for("dailylog.show", code=code, date=date))


@bp.route("/p/<code>/log/<date>/daily-log.pdf")
@requires(Permission.LOG_VIEW)
def pdf(date: str, **_address: str) -> ResponseReturnValue:
    """Give out the stored PDF of a closed log."""
    log = get_closed_log(db.session(), current_project().id, _read_day(date))
    if log.document_id is None:
        raise NotFound(_l("This log has no PDF yet. Send it, then the PDF is made."))
    stored = get_file(db.session(), log.document_id)
    response = Response(read_file(stored), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{stored.name}"'
    return response


def _read_day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise NotFound(_l("A day is written YYYY-MM-DD.")) from error


def _refused(project: Project, day: datetime.date, form: BaseForm, error: DomainError) -> ResponseReturnValue:
    log = find_log(db.session(), project.id, day)
    if log is not None and log.state is DailyLogState.CLOSED:
        flash(str(error.message), "danger")
        return redirect(url_for("dailylog.show", code=project.code, date=day.isoformat()))
    fill_problem(form, error)
    notes_form = form if isinstance(form, NotesForm) else None
    if day > clock.business_today():
        raise error
    return _open_page(project, day, log, notes=notes_form), error.status


def _open_page(
    project: Project, day: datetime.date, log: DailyLog | None, *, notes: NotesForm | None = None
) -> str:
    session = db.session()
    log = log or find_log(session, project.id, day)
    if notes is None or not notes.is_submitted() or "weather" not in request.form:
        kept = notes.problem if notes else None
        notes = NotesForm(formdata=None, obj=log)
        notes.problem = kept
    until = min(clock.now(), clock.day_bounds(day)[1])
    context: dict[str, Any] = {
        "log": build_page(build_snapshot(session, project, day, log=log)),
        "opinions": list_opinions(session, project.id, day, since=None, until=until),
    }
    return render_template(
        "dailylog/review.html",
        project=project,
        day=day,
        today=clock.business_today(),
        notes=notes,
        opinion=OpinionForm(formdata=None),
        recipients=list_recipients(session, project.id),
        missed=[missed for missed in list_missed_days(session, project.id, day) if missed < day],
        kinds={kind.value: kind.label for kind in OpinionKind},
        actor_id=current_actor().id,
        can_close=current_actor().can(Permission.LOG_CLOSE, project.id),
        can_write=current_actor().can(Permission.OPINION_ADD, project.id),
        **context,
    )


def _closed_page(project: Project, log: DailyLog, form: RecipientsForm | None = None) -> str:
    session = db.session()
    found = list_deliveries(session, project.id, project.code, f"{log.day.isoformat()}:")
    deliveries = found.get(log.day, [])
    reached = {delivery.recipient for delivery in deliveries}
    return render_template(
        "dailylog/show.html",
        project=project,
        log=log,
        fragment=page_fragment(log),
        deliveries=deliveries,
        waiting=[entry.email for entry in list_recipients(session, project.id) if entry.email not in reached],
        form=form or RecipientsForm(formdata=None),
        can_send=current_actor().can(Permission.LOG_SEND, project.id),
        can_view_outbox=current_actor().can(Permission.OUTBOX_VIEW, project.id),
    )
