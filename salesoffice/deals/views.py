"""Pages of deals: the papers attached to a sale, and what a project requires before each stage."""

import io
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from salesoffice.core.errors import DomainError, NotAllowed, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.enums import AttachmentKind, Stage
from salesoffice.deals.forms import AttachForm, RemoveForm, RequirementsForm
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.deals.queries import (
    get_attachment,
    get_deal_by_number,
    list_requirements,
    load_papers,
    may_open,
    may_view_deal,
)
from salesoffice.deals.rules import LARGEST_FILE
from salesoffice.deals.services import (
    attach as attach_paper,
)
from salesoffice.deals.services import (
    drop_requirement,
    remove_attachment,
    require_attachment,
)
from salesoffice.deals.services.attachments import keep_upload
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import read_file
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import Problem, fill_problem, tidy_text

bp = Blueprint("deals", __name__)

MOST_FILES = 5
"""How many files one upload may bring."""

_UNPROCESSABLE = 422
_ENVELOPE = 1024 * 1024


@bp.url_value_preprocessor
def allow_large_files(endpoint: str | None, _values: Any) -> None:
    """Let several whole files through where papers are attached; nothing else of the program takes that much."""
    if endpoint == "deals.attach":
        request.max_content_length = MOST_FILES * LARGEST_FILE + _ENVELOPE


@bp.route("/p/<code>/deals/<number>/attachments")
@requires(Permission.DEAL_VIEW)
def attachments(code: str, number: str) -> ResponseReturnValue:
    """Show the papers of a sale and what its stages require."""
    return _show(code, _load(number), AttachForm(formdata=None))


@bp.route("/p/<code>/deals/<number>/attachments", methods=["POST"])
@requires(Permission.ATTACHMENT_ADD)
def attach(code: str, number: str) -> ResponseReturnValue:
    """Attach one or several files of one kind; all of them or none."""
    deal, form = _load(number), AttachForm()
    if not form.validate():
        return _show(code, deal, form, _UNPROCESSABLE)
    files = [item for item in form.files.data if isinstance(item, FileStorage)]
    if len(files) > MOST_FILES:
        form.problem = Problem(_("Attach at most %(count)s files at once.", count=MOST_FILES))
        return _show(code, deal, form, _UNPROCESSABLE)
    try:
        with transaction() as session:
            for item in files:
                _attach_one(session, deal, form.kind.data, item)
    except DomainError as error:
        fill_problem(form, error)
        return _show(code, deal, form, error.status)
    flash(_("Attached: %(kind)s.", kind=form.kind.data.label), "success")
    return redirect(url_for("board.deal", code=code, number=number) + "#attachments")


@bp.route("/p/<code>/deals/<number>/attachments/<int:attachment_id>/remove", methods=["GET", "POST"])
@requires(Permission.ATTACHMENT_ADD)
def remove(code: str, number: str, attachment_id: int) -> ResponseReturnValue:
    """Take a paper out with a reason."""
    deal, form = _load(number), RemoveForm()
    found, status = _find(deal, attachment_id), 200
    if form.is_submitted():
        status = _UNPROCESSABLE
        if form.validate():
            try:
                with transaction() as session:
                    remove_attachment(session, found, actor=current_actor(), reason=form.reason.data)
            except DomainError as error:
                fill_problem(form, error)
                status = error.status
            else:
                flash(_("The paper is taken out; it stays on record with its reason."), "success")
                return redirect(url_for("board.deal", code=code, number=number) + "#attachments")
    page = render_template("deals/remove.html", code=code, deal=deal, attachment=found, form=form)
    return page, status


@bp.route("/p/<code>/deals/<number>/attachments/<int:attachment_id>/file")
@requires(Permission.DEAL_VIEW)
def file(code: str, number: str, attachment_id: int) -> ResponseReturnValue:
    """Show the file of a paper, or download it."""
    found = _find(_load(number), attachment_id)
    if not may_open(current_actor(), found):
        raise NotAllowed(_l("This paper shows personal numbers; your role does not see them."))
    media_type = found.file.media_type
    is_shown = media_type in {"application/pdf", "image/jpeg", "image/png"} and "download" not in request.args
    data = io.BytesIO(read_file(found.file))
    return send_file(data, media_type, as_attachment=not is_shown, download_name=found.name)


@bp.route("/p/<code>/requirements", methods=["GET", "POST"])
@requires(Permission.REQUIREMENT_EDIT)
def requirements(code: str) -> ResponseReturnValue:
    """Say which papers are required before which stage."""
    form = RequirementsForm()
    if form.is_submitted() and form.validate():
        with transaction() as session:
            _save_requirements(session)
        flash(_("The required papers are saved. They hold for every sale from now on."), "success")
        return redirect(url_for("deals.requirements", code=code))
    page = render_template(
        "deals/requirements.html",
        code=code,
        form=form,
        stages=tuple(Stage),
        kinds=tuple(AttachmentKind),
        required=list_requirements(db.session(), current_project_id()),
    )
    return page, _UNPROCESSABLE if form.is_submitted() else 200


def _attach_one(session: Session, deal: Deal, kind: AttachmentKind, item: FileStorage) -> None:
    name = tidy_text(item.filename or "")
    stored = keep_upload(session, deal, data=item.read(), name=name)
    attach_paper(session, deal, actor=current_actor(), kind=kind, name=stored.name, stored=stored)


def _save_requirements(session: Session) -> None:
    project, actor = current_project(), current_actor()
    for stage in Stage:
        for kind in AttachmentKind:
            change = require_attachment if f"{stage.value}-{kind.value}" in request.form else drop_requirement
            change(session, project, actor=actor, stage=stage, kind=kind)


def _show(code: str, deal: Deal, form: AttachForm, status: int = 200) -> ResponseReturnValue:
    attached = load_papers(db.session(), deal, actor=current_actor())
    page = render_template(
        "deals/attachments.html", code=code, deal=deal, attached=attached, attach_form=form
    )
    return page, status


def _load(number: str) -> Deal:
    deal = get_deal_by_number(db.session(), current_project_id(), number)
    if not may_view_deal(current_actor(), deal):
        raise NotFound(_l("There is no such deal."))
    return deal


def _find(deal: Deal, attachment_id: int) -> DealAttachment:
    found = get_attachment(db.session(), attachment_id)
    if found.deal_id != deal.id:
        raise NotFound(_l("There is no such paper."))
    return found
