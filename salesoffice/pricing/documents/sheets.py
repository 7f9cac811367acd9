"""A price sheet as a file: which prices, in which form."""

from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core.errors import InvalidInput, NotFound
from salesoffice.pricing.documents.grid_workbook import write_grids
from salesoffice.pricing.documents.grids import build_grids
from salesoffice.pricing.documents.head import SheetHead, build_head
from salesoffice.pricing.documents.kinds import Source, build_table
from salesoffice.pricing.documents.listing import write_csv
from salesoffice.pricing.documents.paper import draw_grids, draw_table, draw_tags
from salesoffice.pricing.documents.workbook import write_table
from salesoffice.pricing.enums import SheetFormat, SheetKind, SheetPaper
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import find_previous, find_project_limits, get_version
from salesoffice.pricing.queries.sheets import PriceRow, price_rows
from salesoffice.pricing.signals import list_plan_columns, list_states
from salesoffice.projects.models import Project

MEDIA_TYPES = {
    SheetFormat.PDF: "application/pdf",
    SheetFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    SheetFormat.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class SheetOrder:
    """Which sheet is wanted: of the version in force without `number`, of one building if given.

    `before` is the version that a comparison starts from; without it the one that this version was made from.
    """

    kind: SheetKind
    form: SheetFormat
    number: int | None = None
    building_id: int | None = None
    before: int | None = None
    paper: SheetPaper = SheetPaper.AUTO


def build_sheet(session: Session, project: Project, order: SheetOrder, *, base_url: str) -> bytes:
    """Build a sheet; its QR code leads to the version's public page below `base_url`.

    Refused: no such version or building without prices (NotFound), a comparison of a version that has none before it
    (NotFound), a format that the kind does not have (InvalidInput).
    """
    _check_format(order)
    version = get_version(session, project.id, order.number)
    rows = price_rows(session, version, order.building_id)
    source = _ask_source(session, version, order, rows)
    if not rows and not source.before:
        raise NotFound(_l("There are no prices in this version, or none of this building."))
    compared = _find_before(session, version, order).number if order.kind is SheetKind.COMPARISON else None
    head = build_head(session, project, version, kind=order.kind, base_url=base_url, compared_with=compared)
    if order.kind is SheetKind.OVERVIEW:
        return _build_overview(head, rows, order)
    if order.kind is SheetKind.TAGS:
        return draw_tags(head, rows)
    table = build_table(order.kind, rows, source)
    if order.form is SheetFormat.CSV:
        return write_csv(table)
    if order.form is SheetFormat.XLSX:
        return write_table(table, head)
    return draw_table(head, table, order.paper)


def file_name(project: Project, order: SheetOrder, version: int) -> str:
    """Return the name under which a sheet is kept and saved; different sheets have different names."""
    parts = [project.code, order.kind.value, f"v{version}"]
    if order.before is not None:
        parts.append(f"from{order.before}")
    if order.building_id is not None:
        parts.append(f"building{order.building_id}")
    if order.paper is not SheetPaper.AUTO:
        parts.append(order.paper.value)
    return f"{'-'.join(parts)}.{order.form.value}"


def _check_format(order: SheetOrder) -> None:
    if order.form is SheetFormat.CSV and order.kind is not SheetKind.FILING:
        raise InvalidInput(_l("Only the filing sheet is written as CSV. Choose PDF or Excel."))
    if order.kind is SheetKind.TAGS and order.form is not SheetFormat.PDF:
        raise InvalidInput(_l("Price tags are printed as PDF only."))


def _ask_source(session: Session, version: PriceVersion, order: SheetOrder, rows: list[PriceRow]) -> Source:
    """Gather what a kind of sheet needs beside the prices of its version."""
    project_id, source = version.project_id, Source()
    if order.kind is SheetKind.COMPARISON:
        before = _find_before(session, version, order)
        return replace(source, before=price_rows(session, before, order.building_id))
    if order.kind in {SheetKind.DETAIL, SheetKind.FILING, SheetKind.FLOOR}:
        source = replace(source, states=list_states(session, project_id))
    if order.kind is SheetKind.DETAIL:
        totals = {row.unit_id: row.list_total_amount for row in rows}
        source = replace(source, plans=list_plan_columns(session, project_id, totals))
    if order.kind is SheetKind.FLOOR:
        source = replace(source, limits=find_project_limits(session, project_id))
    return source


def _find_before(session: Session, version: PriceVersion, order: SheetOrder) -> PriceVersion:
    if order.before is not None:
        return get_version(session, version.project_id, order.before)
    found = find_previous(session, version)
    if found is None:
        raise NotFound(_l("The first price version has none before it to compare with."))
    return found


def _build_overview(head: SheetHead, rows: list[PriceRow], order: SheetOrder) -> bytes:
    grids = build_grids(rows)
    if order.form is SheetFormat.XLSX:
        return write_grids(grids, head)
    return draw_grids(head, grids, rows, order.paper)
