"""Commands of prices."""

from pathlib import Path

import click
from flask import current_app
from sqlalchemy.orm import Session

from salesoffice.core.permissions import SYSTEM
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import store_file
from salesoffice.infra.i18n import _
from salesoffice.pricing.documents import MEDIA_TYPES, SheetOrder, build_sheet, file_name
from salesoffice.pricing.enums import SheetFormat, SheetKind, SheetPaper
from salesoffice.pricing.queries import get_version
from salesoffice.pricing.services.prints import is_printable, record_print
from salesoffice.projects.models import Project
from salesoffice.projects.queries import get_project_by_code
from salesoffice.webkit.console import emit, json_option, progress, refusals_exit


def _check_format(_context: click.Context, _parameter: click.Parameter, value: Path) -> Path:
    if value.suffix.lower().removeprefix(".") not in set(SheetFormat):
        raise click.BadParameter(_("The file's name must end in .pdf, .xlsx or .csv."))
    return value


@click.group("prices", help="Price versions and their sheets.")
def group() -> None:
    """Group of the commands of prices."""


@group.command("sheet")
@click.option("--project", "code", required=True, help="code of the project")
@click.option("--kind", type=click.Choice([kind.value for kind in SheetKind]), required=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), callback=_check_format, required=True,
    help="file to write, .pdf, .xlsx or .csv (the filing sheet)",
)  # fmt: skip
@click.option(
    "--version", "number", type=click.IntRange(min=1), help="price version; the one in force if left out"
)
@click.option("--from", "before", type=click.IntRange(min=1), help="version that a comparison starts from")
@click.option("--paper", type=click.Choice([paper.value for paper in SheetPaper]), default="auto")
@json_option
@refusals_exit
def sheet(
    code: str, kind: str, out: Path, number: int | None, before: int | None, paper: str, *, as_json: bool
) -> None:
    """Write a price sheet to a file; that of an approved version is kept and marks the version as printed."""
    session = db.session()
    project = get_project_by_code(session, code)
    version = get_version(session, project.id, number)
    order = SheetOrder(
        kind=SheetKind(kind),
        form=SheetFormat(out.suffix.lower().removeprefix(".")),
        number=version.number,
        before=before,
        paper=SheetPaper(paper),
    )
    progress(_("Laying out the sheet."))
    content = build_sheet(session, project, order, base_url=current_app.config["BASE_URL"])
    out.write_bytes(content)
    if is_printable(version):
        with transaction() as opened:
            _keep(opened, project, order, content)
    result = {
        "project": code,
        "kind": kind,
        "version": version.number,
        "file": str(out),
        "bytes": len(content),
    }
    emit(result, _("Written: %(file)s", file=out), as_json=as_json)


def _keep(session: Session, project: Project, order: SheetOrder, content: bytes) -> None:
    version = get_version(session, project.id, order.number)
    name = file_name(project, order, version.number)
    media_type = MEDIA_TYPES[order.form]
    stored = store_file(session, content, name=name, media_type=media_type, project_id=project.id)
    record_print(session, version, stored, actor=SYSTEM, kind=order.kind, form=order.form)
