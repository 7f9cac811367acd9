"""A price sheet as a file: which prices, in which form."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.infra.pdf import render_pdf
from salesoffice.pricing.documents.grids import Grid, build_grids, totals_of
from salesoffice.pricing.documents.tables import build_table
from salesoffice.pricing.documents.workbook import write_grids, write_table
from salesoffice.pricing.enums import SheetFormat, SheetKind
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import PriceRow, get_version, price_rows
from salesoffice.projects.models import Project

_LINES_ON_A4 = 10
_LINES_ON_A3 = 16


class SheetTooLong(DomainError):
    """The PDF would take too long to lay out while somebody waits."""

    def __init__(self, count: int, limit: int) -> None:
        message = _l(
            "%(count)s units are too many for one PDF here (%(limit)s at most). Choose a building, or Excel.",
            count=count,
            limit=limit,
        )
        super().__init__(message, code="sheet_too_long", status=422, count=count, limit=limit)


@dataclass(frozen=True)
class SheetHead:
    """What every sheet says about itself: project, kind, version, since when, and the moment it is valid at."""

    project: Project
    kind: SheetKind
    version: PriceVersion
    valid_at: datetime
    before: int | None = None


def build_sheet(
    session: Session,
    project: Project,
    *,
    kind: SheetKind,
    form: SheetFormat,
    number: int | None = None,
    building_id: int | None = None,
    limit: int | None = None,
) -> bytes:
    """Build a sheet of a price version (the one in force without `number`), of one building if given.

    Refused: no such version or building without prices (NotFound), a comparison of the first version
    (NotFound), a PDF of more than `limit` units (SheetTooLong).
    """
    version = get_version(session, project.id, number)
    rows = price_rows(session, version, building_id)
    before: list[PriceRow] = []
    if kind is SheetKind.COMPARISON:
        before = price_rows(session, _version_before(session, version), building_id)
    if not rows and not before:
        raise NotFound(_l("This building has no prices in this version."))
    if form is SheetFormat.PDF and limit is not None and len(rows) > limit:
        raise SheetTooLong(len(rows), limit)
    head = SheetHead(project, kind, version, clock.now(), version.number - 1 if before else None)
    if kind is SheetKind.OVERVIEW:
        return _build_overview(head, rows, form)
    table = build_table(kind, rows, before)
    if form is SheetFormat.XLSX:
        return write_table(table, _title_lines(head))
    return render_pdf("pricing/print_table.html", head=head, table=table)


def file_name(project: Project, kind: SheetKind, form: SheetFormat, version: int) -> str:
    """Return the name under which a sheet is saved."""
    return f"{project.code}-{kind.value}-v{version}.{form.value}"


def _version_before(session: Session, version: PriceVersion) -> PriceVersion:
    if version.number == 1:
        raise NotFound(_l("The first price version has none before it to compare with."))
    return get_version(session, version.project_id, version.number - 1)


def _build_overview(head: SheetHead, rows: list[PriceRow], form: SheetFormat) -> bytes:
    grids = build_grids(rows)
    if form is SheetFormat.XLSX:
        return write_grids(grids, _title_lines(head))
    is_wide = any(len(grid.lines) > _LINES_ON_A4 for grid in grids)
    width = _LINES_ON_A3 if is_wide else _LINES_ON_A4
    return render_pdf(
        "pricing/print_overview.html",
        head=head,
        is_wide=is_wide,
        parts=[_divide(grid, width) for grid in grids],
        totals=totals_of(rows),
    )


def _divide(grid: Grid, width: int) -> list[Grid]:
    """Divide a grid that is too wide for a page into nearly equal parts."""
    count = -(-len(grid.lines) // width)
    each = -(-len(grid.lines) // count)
    return [grid.part(start, each) for start in range(0, len(grid.lines), each)]


def _title_lines(head: SheetHead) -> list[str]:
    since = (
        clock.local(head.version.in_force_from).strftime("%Y-%m-%d %H:%M")
        if head.version.in_force_from
        else "–"
    )
    valid_at = clock.local(head.valid_at).strftime("%Y-%m-%d %H:%M")
    return [
        f"{head.project.name} {head.kind.label}",
        str(
            _l(
                "Price version %(number)s, in force since %(moment)s",
                number=head.version.number,
                moment=since,
            )
        ),
        str(_l("Valid at %(moment)s", moment=valid_at)),
    ]
