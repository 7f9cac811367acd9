"""The office's Word templates: uploaded and checked, looked at, put into use, with the list of fields they may name."""

from collections.abc import Callable

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.customers.queries import name_users
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import read_file
from salesoffice.infra.i18n import _, _l
from salesoffice.infra.word import MAX_BYTES, MEDIA_TYPE
from salesoffice.papers.documents.fields import FIELDS, list_fields
from salesoffice.papers.documents.word import build_starter, check_template
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.forms import PlainForm, TemplateForm
from salesoffice.papers.models import WordTemplate
from salesoffice.papers.queries.word import get_template, list_templates
from salesoffice.papers.services.word import activate_template, add_template, stop_template
from salesoffice.papers.views.blueprint import bp
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.resubmission import claim_form

_UNPROCESSABLE = 422


@bp.route("/p/<code>/word-templates", methods=["GET", "POST"])
@requires(Permission.PAPER_TEMPLATE)
def word(code: str) -> ResponseReturnValue:
    """List the templates by kind, and upload one; it is filled with an invented paper before it is kept."""
    form = TemplateForm()
    if not form.is_submitted():
        return _show(code, form)
    if not form.validate():
        return _show(code, form, _UNPROCESSABLE)
    try:
        words = _upload(form)
    except DomainError as error:
        fill_problem(form, error)
        return _show(code, form, error.status)
    flash(words, "success")
    return redirect(url_for("papers.word", code=code))


@bp.route("/p/<code>/word-templates/fields/<kind>")
@requires(Permission.PAPER_TEMPLATE)
def word_fields(code: str, kind: str) -> ResponseReturnValue:
    """Show what a template of a kind may name."""
    found = _read_kind(kind)
    return render_template(
        "papers/word_fields.html", code=code, kind=found, kinds=tuple(FIELDS), lines=list_fields(found)
    )


@bp.route("/p/<code>/word-templates/starter/<kind>")
@requires(Permission.PAPER_TEMPLATE)
def word_starter(code: str, kind: str) -> Response:
    """Give out a small template to begin with."""
    found = _read_kind(kind)
    return _answer(build_starter(found), f"starter-{found.value}.docx")


@bp.route("/p/<code>/word-templates/<int:template_id>/file")
@requires(Permission.PAPER_TEMPLATE)
def word_file(code: str, template_id: int) -> Response:
    """Give out a template as it was uploaded."""
    template = _load(template_id)
    return _answer(read_file(template.file), template.file.name)


@bp.route("/p/<code>/word-templates/<int:template_id>/preview")
@requires(Permission.PAPER_TEMPLATE)
def word_preview(code: str, template_id: int) -> Response:
    """Give out a template filled with an invented paper."""
    template = _load(template_id)
    filled = check_template(read_file(template.file), template.kind)
    return _answer(filled, f"preview-{template.file.name}")


@bp.route("/p/<code>/word-templates/<int:template_id>/use", methods=["POST"])
@requires(Permission.PAPER_TEMPLATE)
def word_use(code: str, template_id: int) -> ResponseReturnValue:
    """Use a version for its kind of paper from now on."""
    return _switch(code, template_id, activate_template, _("The template is in use."))


@bp.route("/p/<code>/word-templates/<int:template_id>/stop", methods=["POST"])
@requires(Permission.PAPER_TEMPLATE)
def word_stop(code: str, template_id: int) -> ResponseReturnValue:
    """Use a version no longer."""
    return _switch(code, template_id, stop_template, _("The template is no longer in use."))


def _upload(form: TemplateForm) -> str:
    data: bytes = form.file.data.read(MAX_BYTES + 1)
    check_template(data, form.kind.data)
    with transaction() as session:
        claim = claim_form(session, form.nonce.data)
        if not claim.body:
            template = add_template(
                session,
                current_project_id(),
                actor=current_actor(),
                kind=form.kind.data,
                name=form.name.data or "",
                data=data,
            )
            claim.body = _(
                "Version %(version)s is kept. Look at the preview, then use it.", version=template.version
            )
        return claim.body


def _switch(
    code: str, template_id: int, change: Callable[..., WordTemplate], words: str
) -> ResponseReturnValue:
    template, actor = _load(template_id), current_actor()
    if PlainForm().validate():
        with transaction() as session:
            change(session, template, actor=actor)
        flash(words, "success")
    return redirect(url_for("papers.word", code=code))


def _show(code: str, form: TemplateForm, status: int = 200) -> ResponseReturnValue:
    templates = list_templates(db.session(), current_project_id())
    uploaders = [template.uploaded_by_id for versions in templates.values() for template in versions]
    page = render_template(
        "papers/word_index.html",
        code=code,
        form=form,
        kinds=tuple(FIELDS),
        templates=templates,
        names=name_users(db.session(), uploaders),
    )
    return page, status


def _load(template_id: int) -> WordTemplate:
    return get_template(db.session(), current_project_id(), template_id)


def _read_kind(value: str) -> PaperKind:
    for kind in FIELDS:
        if kind.value == value:
            return kind
    raise NotFound(_l("There is no Word template for such a paper."))


def _answer(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.content_type = MEDIA_TYPE
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
