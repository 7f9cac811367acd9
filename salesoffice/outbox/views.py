"""Pages of the outgoing mail."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra import jobs
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.infra.models import MailState, OutboxMail
from salesoffice.infra.outbox import MAXIMUM_ATTEMPTS, list_attachments
from salesoffice.outbox import services
from salesoffice.outbox.forms import SendAgainForm
from salesoffice.outbox.queries import count_mails, get_mail, select_mails
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.pager import page_number, paginate_rows

bp = Blueprint("outbox", __name__, url_prefix="/p/<code>/outbox")

PREVIEW_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)


@bp.route("")
@requires(Permission.OUTBOX_VIEW)
def index(code: str) -> ResponseReturnValue:
    project_id = current_project_id()
    wanted = request.args.get("state", "")
    state = MailState(wanted) if wanted in set(MailState) else None
    search = request.args.get("q", "").replace("\0", "").strip()[:100]
    counts = count_mails(db.session(), project_id)
    page = paginate_rows(
        select_mails(project_id, state=state, search=search), page_number(request.args.get("page"))
    )
    return render_template(
        "outbox/index.html", code=code, page=page, counts=counts, state=state, search=search, states=MailState
    )


@bp.route("/<int:mail_id>")
@requires(Permission.OUTBOX_VIEW)
def show(code: str, mail_id: int) -> ResponseReturnValue:
    return _render(code, _load(mail_id), SendAgainForm())


@bp.route("/<int:mail_id>/html")
@requires(Permission.OUTBOX_VIEW)
def preview(mail_id: int, **_address: str) -> Response:
    """Show the mail's HTML as the recipient sees it: no scripts, nothing loaded from outside."""
    response = make_response(_load(mail_id).html_body)
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.route("/<int:mail_id>/now", methods=["POST"])
@requires(Permission.OUTBOX_RESEND)
def send_now(code: str, mail_id: int) -> ResponseReturnValue:
    mail = _load(mail_id)
    try:
        with transaction() as session:
            services.send_now(session, mail, actor=current_actor())
    except DomainError as error:
        return _refuse(code, mail_id, error)
    return _sent_on_its_way(code, mail_id)


@bp.route("/<int:mail_id>/again", methods=["POST"])
@requires(Permission.OUTBOX_RESEND)
def send_again(code: str, mail_id: int) -> ResponseReturnValue:
    mail = _load(mail_id)
    form = SendAgainForm()
    try:
        with transaction() as session:
            services.send_again(
                session,
                mail,
                actor=current_actor(),
                attempt=form.attempt.data or "",
                accepts_copy=form.accepts_copy.data,
            )
    except DomainError as error:
        return _refuse(code, mail_id, error)
    return _sent_on_its_way(code, mail_id)


@bp.route("/<int:mail_id>/arrived", methods=["POST"])
@requires(Permission.OUTBOX_RESEND)
def mark_arrived(code: str, mail_id: int) -> ResponseReturnValue:
    mail = _load(mail_id)
    try:
        with transaction() as session:
            services.mark_arrived(session, mail, actor=current_actor())
    except DomainError as error:
        return _refuse(code, mail_id, error)
    flash(_("The mail is marked as arrived."), "success")
    return redirect(url_for("outbox.show", code=code, mail_id=mail_id))


def _load(mail_id: int) -> OutboxMail:
    return get_mail(db.session(), current_project_id(), mail_id)


def _sent_on_its_way(code: str, mail_id: int) -> ResponseReturnValue:
    jobs.wake("outbox")
    flash(_("The mail goes out within a few seconds."), "success")
    return redirect(url_for("outbox.show", code=code, mail_id=mail_id))


def _refuse(code: str, mail_id: int, error: DomainError) -> ResponseReturnValue:
    form = SendAgainForm()
    fill_problem(form, error)
    return _render(code, _load(mail_id), form), error.status


def _render(code: str, mail: OutboxMail, form: SendAgainForm) -> str:
    form.attempt.data = services.attempt_mark(mail)
    actor = current_actor()
    return render_template(
        "outbox/show.html",
        code=code,
        mail=mail,
        form=form,
        files=list_attachments(db.session(), mail),
        states=MailState,
        maximum=MAXIMUM_ATTEMPTS,
        may_resend=actor.can(Permission.OUTBOX_RESEND, mail.project_id),
    )
