"""Commands of the board."""

from datetime import datetime
from pathlib import Path

import click
from flask_babel import lazy_gettext as _l

from salesoffice.board.documents.paper import build_board_pdf
from salesoffice.board.documents.states import build_states_document
from salesoffice.board.documents.workbook import build_board_workbook
from salesoffice.core import clock
from salesoffice.core.errors import InvalidInput
from salesoffice.infra.db import db
from salesoffice.projects.queries import get_project_by_code
from salesoffice.webkit.console import emit, json_option, refusals_exit

WRITERS = {".pdf": build_board_pdf, ".xlsx": build_board_workbook}


@click.group("board")
def group() -> None:
    """The sale-status board."""


@group.command("print")
@click.option("--project", "code", required=True, help="code of the project")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="FILE.pdf or FILE.xlsx"
)
@click.option("--at", "moment", help="state as of a moment, for example 2026-05-31T18:00 (office time)")
@json_option
@refusals_exit
def print_board(*, code: str, out: Path, moment: str | None, as_json: bool) -> None:
    """Print the board, a building per sheet."""
    project = get_project_by_code(db.session(), code)
    write = WRITERS.get(out.suffix.lower())
    if write is None:
        raise InvalidInput(_l("Name a file that ends in .pdf or .xlsx."))
    at = read_moment(moment) if moment else clock.now()
    data = write(db.session(), project, at=at)
    out.write_bytes(data)
    emit({"file": str(out), "bytes": len(data), "valid_at": at.isoformat()}, str(out), as_json=as_json)


@click.command("states", help="print the tables of states and steps, or write them to a file")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="FILE.md")
def states(*, out: Path | None) -> None:
    text = build_states_document()
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def read_moment(text: str) -> datetime:
    """Read a moment; without a time zone it is the office's own."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(_l("Write the moment like 2026-05-31T18:00.")) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.timezone())
