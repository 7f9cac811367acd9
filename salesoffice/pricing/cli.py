"""Commands of prices."""

from pathlib import Path

import click

from salesoffice.infra.db import db
from salesoffice.infra.i18n import _
from salesoffice.pricing.documents import build_sheet
from salesoffice.pricing.enums import SheetFormat, SheetKind
from salesoffice.pricing.queries import get_version
from salesoffice.projects.queries import get_project_by_code
from salesoffice.webkit.console import emit, json_option, progress, refusals_exit


def _check_format(_context: click.Context, _parameter: click.Parameter, value: Path) -> Path:
    if value.suffix.lower().removeprefix(".") not in set(SheetFormat):
        raise click.BadParameter(_("The file's name must end in .pdf or .xlsx."))
    return value


@click.group("prices", help="Price versions and their sheets.")
def group() -> None:
    """Group of the commands of prices."""


@group.command("sheet")
@click.option("--project", "code", required=True, help="code of the project")
@click.option("--kind", type=click.Choice([kind.value for kind in SheetKind]), required=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), callback=_check_format, required=True,
    help="file to write, .pdf or .xlsx",
)  # fmt: skip
@click.option(
    "--version", "number", type=click.IntRange(min=1), help="price version; the one in force if left out"
)
@json_option
@refusals_exit
def sheet(code: str, kind: str, out: Path, number: int | None, *, as_json: bool) -> None:
    """Write a price sheet to a file."""
    session = db.session()
    project = get_project_by_code(session, code)
    version = get_version(session, project.id, number)
    progress(_("Laying out the sheet; many units as PDF take a while."))
    content = build_sheet(
        session,
        project,
        kind=SheetKind(kind),
        form=SheetFormat(out.suffix.lower().removeprefix(".")),
        number=version.number,
    )
    out.write_bytes(content)
    result = {
        "project": code,
        "kind": kind,
        "version": version.number,
        "file": str(out),
        "bytes": len(content),
    }
    emit(result, _("Written: %(file)s", file=out), as_json=as_json)
