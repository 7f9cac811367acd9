"""Pages of engineering change notices: entered, told to the buyers, answered, printed."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import read_file
from salesoffice.infra.i18n import _, _l
from salesoffice.notices.enums import BuyerAnswer, DeliveryState
from salesoffice.notices.forms import AnswerForm, NoticeForm, PrintForm, TellingForm
from salesoffice.notices.models import EngineeringNotice, NoticeDelivery
from salesoffice.notices.queries import (
    build_lines,
    count_states,
    get_delivery,
    get_notice,
    list_places,
    select_deliveries,
    select_notices,
)
from salesoffice.notices.rules import notify_by
from salesoffice.notices.services import enter_answer, enter_notice, mark_notified
from salesoffice.papers.documents import build_data, draw_paper
from salesoffice.papers.documents.word import fill_template
from salesoffice.papers.enums import PaperFormat, PaperKind
from salesoffice.papers.models import Paper
from salesoffice.papers.queries.word import find_active_template
from salesoffice.papers.services import issue_paper
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem, tidy_text
from salesoffice.webkit.pager import page_number, paginate
from salesoffice.webkit.resubmission import claim_form

bp = Blueprint("notices", __name__)

UNPROCESSABLE = 422
KIND = PaperKind.ENGINEERING_NOTICE


@bp.route("/p/<code>/engineering-notices")
@requires(Permission.NOTICE_EDIT)
def index(code: str) -> ResponseReturnValue:
    """List the notices, those whose buyers wait to be told first."""
    query = tidy_text(request.args.get("q", ""))[:100]
    page = paginate(select_notices(current_project_id(), query), page_number(request.args.get("page")))
    return render_template(
        "notices/index.html",
        code=code,
        page=page,
        counts=count_states(db.session(), page.items),
        states=DeliveryState,
        notify_by=notify_by,
        query=query,
    )


@bp.route("/p/<code>/engineering-notices/new", methods=["GET", "POST"])
@requires(Permission.NOTICE_EDIT)
def new(code: str) -> ResponseReturnValue:
    """Enter a notice and choose the sales it concerns."""
    form = NoticeForm()
    form.offer(*list_places(db.session(), current_project_id()))
    status = 200
    if form.is_submitted() and not form.validate():
        status = UNPROCESSABLE
    elif form.is_submitted():
        try:
            return redirect(_enter(code, form))
        except DomainError as error:
            fill_problem(form, error)
            status = error.status
    return render_template("notices/new.html", code=code, form=form), status


@bp.route("/p/<code>/engineering-notices/<int:notice_id>")
@requires(Permission.NOTICE_EDIT)
def show(code: str, notice_id: int) -> ResponseReturnValue:
    """Show a notice and its deliveries, late ones first."""
    return _show(code, _load(notice_id), _telling_form())


@bp.route("/p/<code>/engineering-notices/<int:notice_id>/told", methods=["POST"])
@requires(Permission.NOTICE_EDIT)
def tell(code: str, notice_id: int) -> ResponseReturnValue:
    """Note for the chosen sales how and when their buyers were told; all or none."""
    notice, form = _load(notice_id), TellingForm()
    if not form.validate():
        return _show(code, notice, form, UNPROCESSABLE)
    try:
        with transaction() as session:
            chosen = [_load_delivery(delivery_id) for delivery_id in form.delivery_ids.data or ()]
            for delivery in chosen:
                if delivery.notice_id != notice.id:
                    raise NotFound(_l("There is no such notice."))
                mark_notified(session, delivery, actor=current_actor(), telling=form.read_telling())
    except DomainError as error:
        fill_problem(form, error)
        return _show(code, notice, form, error.status)
    if not chosen:
        form.delivery_ids.errors = [_("Choose at least one sale in the list.")]
        return _show(code, notice, form, UNPROCESSABLE)
    flash(_("The buyers of %(count)s sales are noted as told.", count=len(chosen)), "success")
    return redirect(url_for("notices.show", code=code, notice_id=notice.id))


@bp.route("/p/<code>/notice-deliveries/<int:delivery_id>/answer", methods=["GET", "POST"])
@requires(Permission.NOTICE_EDIT)
def answer(code: str, delivery_id: int) -> ResponseReturnValue:
    """Enter what the buyers of a sale answered."""
    delivery, form = _load_delivery(delivery_id), AnswerForm()
    status = 200
    if not form.is_submitted():
        form.on.data = clock.business_today()
    elif not form.validate():
        status = UNPROCESSABLE
    else:
        try:
            _answer(delivery, form)
        except DomainError as error:
            fill_problem(form, error)
            status = error.status
        else:
            return redirect(url_for("notices.show", code=code, notice_id=delivery.notice_id))
    return render_template(
        "notices/answer.html", code=code, form=form, delivery=delivery, notice=delivery.notice
    ), status


@bp.route("/p/<code>/notice-deliveries/<int:delivery_id>/paper", methods=["POST"])
@requires(Permission.NOTICE_EDIT)
def paper(code: str, delivery_id: int) -> ResponseReturnValue:
    """Draw the paper of a notice for one sale and keep it; the same paper is kept once."""
    delivery, form = _load_delivery(delivery_id), PrintForm()
    if not form.validate():
        return _show(code, delivery.notice, _telling_form(), UNPROCESSABLE)
    issued = _print(delivery, is_word=form.format.data is PaperFormat.DOCX)
    return redirect(url_for("papers.show", code=code, paper_id=issued.id))


def _enter(code: str, form: NoticeForm) -> str:
    with transaction() as session:
        claim = claim_form(session, form.nonce.data)
        if not claim.body:
            notice = enter_notice(
                session,
                current_project_id(),
                actor=current_actor(),
                draft=form.read_draft(),
                scope=form.read_scope(),
            )
            claim.body = url_for("notices.show", code=code, notice_id=notice.id)
        return claim.body


def _answer(delivery: NoticeDelivery, form: AnswerForm) -> None:
    with transaction() as session:
        enter_answer(
            session,
            delivery,
            actor=current_actor(),
            answer=form.answer.data,
            on=form.on.data or clock.business_today(),
            note=form.note.data or "",
        )
    if form.answer.data is BuyerAnswer.WITHDREW:
        words = _(
            "The answer is noted. Now ask for the cancellation of deal %(number)s.",
            number=delivery.deal.number,
        )
        flash(words, "warning")
    else:
        flash(_("The answer is noted."), "success")


def _print(delivery: NoticeDelivery, *, is_word: bool) -> Paper:
    session, actor = db.session(), current_actor()
    data = build_data(session, KIND, delivery, actor=actor)
    template = find_active_template(session, data.project_id, KIND) if is_word else None
    if template is None:
        file = draw_paper(data, operator=actor.name)
    else:
        file = fill_template(read_file(template.file), data)
    with transaction() as writing:
        return issue_paper(writing, data, actor=actor, file=file, template=template)


def _telling_form() -> TellingForm:
    form = TellingForm(formdata=None)
    form.on.data = clock.business_today()
    return form


def _show(code: str, notice: EngineeringNotice, form: TellingForm, status: int = 200) -> ResponseReturnValue:
    session, query = db.session(), tidy_text(request.args.get("q", ""))[:100]
    page = paginate(select_deliveries(notice.id, query), page_number(request.args.get("page")), per_page=100)
    html = render_template(
        "notices/show.html",
        code=code,
        notice=notice,
        page=page,
        lines=build_lines(session, notice, page.items),
        last_day=notify_by(notice.decided_on, notice.notify_days),
        form=form,
        query=query,
        template=find_active_template(session, notice.project_id, KIND),
    )
    return html, status


def _load(notice_id: int) -> EngineeringNotice:
    return get_notice(db.session(), current_project_id(), notice_id)


def _load_delivery(delivery_id: int) -> NoticeDelivery:
    delivery = get_delivery(db.session(), delivery_id)
    if delivery.notice.project_id != current_project_id():
        raise NotFound(_l("There is no such notice."))
    return delivery
