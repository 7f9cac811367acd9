"""Tables to download: the empty ones to fill in, and all units."""

import io

from flask import send_file
from flask.typing import ResponseReturnValue

from salesoffice.core.permissions import Permission
from salesoffice.imports.documents import (
    TEMPLATE_NAMES,
    XLSX,
    build_template_xlsx,
    build_units_csv,
    build_units_xlsx,
)
from salesoffice.imports.enums import ImportKind
from salesoffice.imports.queries import list_export_rows
from salesoffice.imports.views.blueprint import bp
from salesoffice.infra.db import db
from salesoffice.webkit.access import current_project_id, requires


@bp.route("/p/<code>/imports/template.xlsx")
@requires(Permission.UNIT_IMPORT)
def template(code: str) -> ResponseReturnValue:
    """Download the empty table of units to fill in."""
    return _send_template(ImportKind.UNITS)


@bp.route("/p/<code>/imports/template-areas.xlsx")
@requires(Permission.UNIT_IMPORT)
def template_areas(code: str) -> ResponseReturnValue:
    """Download the empty table of a final survey to fill in."""
    return _send_template(ImportKind.AREAS)


@bp.route("/p/<code>/imports/template-customers.xlsx")
@requires(Permission.UNIT_IMPORT)
def template_customers(code: str) -> ResponseReturnValue:
    """Download the empty table of customers to fill in."""
    return _send_template(ImportKind.CUSTOMERS)


@bp.route("/p/<code>/imports/units.<any(xlsx, csv):kind>")
@requires(Permission.UNIT_IMPORT)
def export(code: str, kind: str) -> ResponseReturnValue:
    """Download all units with prices and states."""
    rows = list_export_rows(db.session(), current_project_id())
    data = build_units_xlsx(rows) if kind == "xlsx" else build_units_csv(rows)
    media_type = XLSX if kind == "xlsx" else "text/csv; charset=utf-8"
    return send_file(io.BytesIO(data), media_type, as_attachment=True, download_name=f"{code}-units.{kind}")


def _send_template(kind: ImportKind) -> ResponseReturnValue:
    data = io.BytesIO(build_template_xlsx(kind))
    return send_file(data, XLSX, as_attachment=True, download_name=f"{TEMPLATE_NAMES[kind]}.xlsx")
