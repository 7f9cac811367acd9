"""The page of price sheets: printing one keeps it and marks its version as printed; a draft can be previewed."""

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import get_file, read_file, store_file
from salesoffice.infra.i18n import _
from salesoffice.pricing.documents import MEDIA_TYPES, SheetOrder, build_sheet, file_name
from salesoffice.pricing.enums import SheetFormat, SheetKind, SheetPaper
from salesoffice.pricing.forms import SheetForm
from salesoffice.pricing.queries import get_version, list_priced_buildings, list_versions, version_in_force
from salesoffice.pricing.queries.sheets import get_print, list_prints
from salesoffice.pricing.services.prints import (
    VersionApproved,
    VersionNotApproved,
    is_printable,
    record_print,
)
from salesoffice.pricing.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, not_allowed, requires
from salesoffice.webkit.forms import fill_problem

LONGEST_LIST = 200
"""Printed sheets on the page, the newest ones."""


@bp.route("/p/<code>/prices")
@requires(Permission.PRICE_VIEW)
def sheets(code: str) -> str:
    return _render(SheetForm(formdata=None))


@bp.route("/p/<code>/prices/sheets", methods=["POST"])
@requires(Permission.PRICE_SHEET)
def print_sheet(code: str) -> ResponseReturnValue:
    """Draw a sheet, keep it, mark its version as printed, and lead to the file."""
    form = SheetForm()
    if not form.validate():
        return _render(form), UNPROCESSABLE
    try:
        print_id = _print(_read_order(form))
    except DomainError as error:
        fill_problem(form, error)
        return _render(form), error.status
    return redirect(url_for("pricing.printed", code=code, print_id=print_id))


@bp.route("/p/<code>/prices/sheet")
@requires(Permission.PRICE_SHEET)
def sheet(code: str) -> ResponseReturnValue:
    """Show a sheet of a version that is not approved, stamped as a draft; nothing is kept."""
    form = SheetForm(formdata=request.args, meta={"csrf": False})
    if not form.validate():
        return _render(form), UNPROCESSABLE
    order = _read_order(form)
    try:
        data, name, is_final = _build(order)
        if is_final:
            raise VersionApproved
    except DomainError as error:
        fill_problem(form, error)
        return _render(form), error.status
    return _answer(data, name, order.form)


@bp.route("/p/<code>/prices/prints/<int:print_id>")
@requires(Permission.PRICE_SHEET)
def printed(code: str, print_id: int) -> ResponseReturnValue:
    """Give out a sheet as it was printed."""
    session = db.session()
    record = get_print(session, current_project().id, print_id)
    _check_kind(record.kind)
    stored = get_file(session, record.file_id)
    return _answer(read_file(stored), stored.name, record.format)


def _read_order(form: SheetForm) -> SheetOrder:
    is_comparison = form.kind.data is SheetKind.COMPARISON
    return SheetOrder(
        kind=form.kind.data,
        form=form.format.data,
        number=form.version.data,
        building_id=form.building.data,
        before=form.before.data if is_comparison else None,
        paper=form.paper.data or SheetPaper.AUTO,
    )


def _print(order: SheetOrder) -> int:
    """Draw and keep a sheet; return the id of its print. Nothing slow happens inside the transaction."""
    project, actor = current_project(), current_actor()
    if not is_printable(get_version(db.session(), project.id, order.number)):
        raise VersionNotApproved
    data, name, _is_final = _build(order)
    with transaction() as session:
        version = get_version(session, project.id, order.number)
        media_type = MEDIA_TYPES[order.form]
        stored = store_file(session, data, name=name, media_type=media_type, project_id=project.id)
        record = record_print(
            session,
            version,
            stored,
            actor=actor,
            kind=order.kind,
            form=order.form,
            building_id=order.building_id,
        )
        return record.id


def _build(order: SheetOrder) -> tuple[bytes, str, bool]:
    """Draw a sheet; return it with its name, and whether its version is approved."""
    project, session = current_project(), db.session()
    _check_kind(order.kind)
    version = get_version(session, project.id, order.number)
    data = build_sheet(session, project, order, base_url=current_app.config["BASE_URL"])
    return data, file_name(project, order, version.number), is_printable(version)


def _check_kind(kind: SheetKind) -> None:
    """Floor prices are for those alone who may see them."""
    if kind is SheetKind.FLOOR and not _sees_floors():
        raise not_allowed()


def _sees_floors() -> bool:
    return current_actor().can(Permission.PRICE_LIMIT_VIEW, current_project().id)


def _answer(data: bytes, name: str, form: SheetFormat) -> Response:
    response = make_response(data)
    response.content_type = MEDIA_TYPES[form]
    place = "inline" if form is SheetFormat.PDF else "attachment"
    response.headers["Content-Disposition"] = f'{place}; filename="{name}"'
    return response


def _render(form: SheetForm) -> str:
    project, session, actor = current_project(), db.session(), current_actor()
    current = version_in_force(session, project.id)
    versions = list_versions(session, project.id)
    newest = current or (versions[0].version if versions else None)
    can_make = actor.can(Permission.PRICE_SHEET, project.id)
    kinds = [kind for kind in SheetKind if kind is not SheetKind.FLOOR or _sees_floors()]
    prints = list_prints(session, project.id, LONGEST_LIST) if can_make else []
    houses = list_priced_buildings(session, newest) if newest else ()
    return render_template(
        "pricing/sheets.html",
        project=project,
        versions=versions,
        chosen=form.version.data or (current.number if current else None),
        houses=[(house, name or _("Without a building")) for house, name in houses],
        numbers=[
            (row.version.number, f"{row.version.number} · {row.version.state.label}") for row in versions
        ],
        kinds=[(kind.value, kind.label) for kind in kinds],
        prints=[row for row in prints if row.record.kind in kinds],
        form=form,
        can_make=can_make,
        can_import=actor.can(Permission.UNIT_IMPORT, project.id),
    )
