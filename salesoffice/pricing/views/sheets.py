"""The page of price versions, and their sheets to download."""

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.pricing.documents import build_sheet, file_name
from salesoffice.pricing.enums import SheetFormat
from salesoffice.pricing.forms import SheetForm
from salesoffice.pricing.queries import get_version, list_priced_buildings, list_versions, version_in_force
from salesoffice.pricing.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem

LONGEST_PDF = 400
"""Units on a PDF that somebody waits for; the command has no limit."""

_MEDIA_TYPES = {
    SheetFormat.PDF: "application/pdf",
    SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.route("/p/<code>/prices")
@requires(Permission.PRICE_VIEW)
def sheets(code: str) -> str:
    return _render(SheetForm(formdata=None))


@bp.route("/p/<code>/prices/sheet")
@requires(Permission.PRICE_SHEET)
def sheet(code: str) -> ResponseReturnValue:
    """Answer with the file; what cannot be made is said on the page."""
    form = SheetForm(formdata=request.args)
    if not form.validate():
        return _render(form), UNPROCESSABLE
    try:
        return _build_answer(form)
    except DomainError as error:
        fill_problem(form, error)
        return _render(form), error.status


def _build_answer(form: SheetForm) -> Response:
    project, session = current_project(), db.session()
    version = get_version(session, project.id, form.version.data)
    content = build_sheet(
        session,
        project,
        kind=form.kind.data,
        form=form.format.data,
        number=version.number,
        building_id=form.building.data,
        limit=LONGEST_PDF,
    )
    response = make_response(content)
    response.content_type = _MEDIA_TYPES[form.format.data]
    name = file_name(project, form.kind.data, form.format.data, version.number)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _render(form: SheetForm) -> str:
    project, session = current_project(), db.session()
    current = version_in_force(session, project.id)
    return render_template(
        "pricing/sheets.html",
        project=project,
        versions=list_versions(session, project.id),
        buildings=list_priced_buildings(session, current) if current else (),
        form=form,
        can_make=current_actor().can(Permission.PRICE_SHEET, project.id),
        can_import=current_actor().can(Permission.UNIT_IMPORT, project.id),
    )
