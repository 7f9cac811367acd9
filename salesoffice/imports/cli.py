"""Commands: `units import`, `units export`."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM
from salesoffice.imports.documents import build_units_csv, build_units_xlsx
from salesoffice.imports.enums import ImportKind
from salesoffice.imports.queries import list_export_rows
from salesoffice.imports.rules.summary import Summary, build_refused_summary, describe_summary
from salesoffice.imports.services import RowsRejected, Upload, import_file, plan_import, read_upload
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _l
from salesoffice.projects.queries import get_project_by_code
from salesoffice.webkit.console import REFUSED, emit, json_option, progress, refusals_exit

_BUILDERS = {".xlsx": build_units_xlsx, ".csv": build_units_csv}

Read = Upload | Summary


@click.group("units", help="units of a project as tables")
def group() -> None:
    pass


@group.command("import", help="import price filings or unit tables; all files or none")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--project", "code", required=True)
@click.option("--dry-run", is_flag=True, help="only say what would be done")
@click.option("--building", default="", help="the building of rows that name none")
@click.option("--profile", default="", help="the layout of the file, if it is not recognised")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in ImportKind]),
    default=ImportKind.UNITS.value,
    help="what the files bring",
)
@click.option("--accept-partial", is_flag=True, help="leave rejected rows out and import the others")
@json_option
@refusals_exit
def import_units(
    *,
    files: tuple[Path, ...],
    code: str,
    dry_run: bool,
    building: str,
    profile: str,
    kind: str,
    accept_partial: bool,
    as_json: bool,
) -> None:
    project_id = get_project_by_code(db.session(), code).id
    read = [_read(project_id, path, building, profile, ImportKind(kind)) for path in files]
    is_readable = all(isinstance(item, Upload) for item in read)
    if dry_run or not is_readable:
        summaries = _plan(project_id, read)
        is_refused = not is_readable or (
            not accept_partial and any(summary.rejected for summary in summaries)
        )
    else:
        uploads = [item for item in read if isinstance(item, Upload)]
        summaries, is_refused = _write(project_id, uploads, accept_partial=accept_partial)
    for summary in summaries:
        _print(summary, as_json=as_json)
    if is_refused:
        progress("nothing was written")
        sys.exit(REFUSED)


@group.command("export", help="write all units with prices and states to FILE.xlsx or FILE.csv")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--project", "code", required=True)
@json_option
@refusals_exit
def export_units(*, file: Path, code: str, as_json: bool) -> None:
    builder = _BUILDERS.get(file.suffix.lower())
    if builder is None:
        message = _l("Name the file .xlsx or .csv.")
        raise DomainError(message, code="format_unknown", status=422)
    rows = list_export_rows(db.session(), get_project_by_code(db.session(), code).id)
    file.write_bytes(builder(rows))
    emit({"file": str(file), "units": len(rows)}, f"{len(rows)} units in {file}", as_json=as_json)


def _read(project_id: int, path: Path, building: str, profile: str, kind: ImportKind) -> Read:
    progress(f"reading {path.name}")
    try:
        upload = read_upload(
            db.session(),
            project_id,
            data=path.read_bytes(),
            file_name=path.name,
            building=building,
            profile=profile,
        )
    except DomainError as error:
        return build_refused_summary(path.name, error)
    return upload if upload.kind is kind else build_refused_summary(path.name, _build_kind_refusal(upload))


def _build_kind_refusal(upload: Upload) -> DomainError:
    message = _l(
        "The columns of the file are those of “%(kind)s”. Say --kind %(value)s if that is meant.",
        kind=upload.kind.label,
        value=upload.kind.value,
    )
    return DomainError(message, code="kind_differs", status=422)


def _plan(project_id: int, read: Sequence[Read]) -> list[Summary]:
    return [
        _plan_beside(project_id, item, read[:place]) if isinstance(item, Upload) else item
        for place, item in enumerate(read)
    ]


def _plan_beside(project_id: int, upload: Upload, others: Sequence[Read]) -> Summary:
    beside = [other for other in others if isinstance(other, Upload)]
    return plan_import(db.session(), project_id, upload=upload, beside=beside)[1]


def _write(project_id: int, uploads: Sequence[Upload], *, accept_partial: bool) -> tuple[list[Summary], bool]:
    """Import all files in one transaction; a refusal of one of them rolls all of them back."""
    summaries: list[Summary] = []
    refusal: DomainError | None = None
    try:
        with transaction() as session:
            for upload in uploads:
                try:
                    _batch, summary = import_file(
                        session, project_id, actor=SYSTEM, upload=upload, accept_partial=accept_partial
                    )
                except RowsRejected as error:
                    refusal, summary = error, error.summary
                summaries.append(summary)
            if refusal is not None:
                raise refusal
    except RowsRejected:
        return summaries, True
    return summaries, False


def _print(summary: Summary, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(describe_summary(summary), ensure_ascii=False))
        return
    click.echo(
        f"{summary.file}: {summary.rows} rows, {summary.created} created, {summary.updated} updated, "
        f"{summary.unchanged} unchanged, {summary.rejected} rejected; "
        f"{summary.sum_gross_area} m², {summary.sum_total_fen / 100:,.2f} yuan"
    )
    for doubt in summary.doubts:
        click.echo(f"  {doubt.count} × {doubt.code}: {doubt.title}. {doubt.advice}", err=True)
    for warning in summary.warnings:
        click.echo(f"  line {warning.line}: {warning.code}: {warning.message}", err=True)
    for error in summary.errors:
        click.echo(
            f"  line {error.line}: {error.column} {error.value}: {error.code}: {error.message}", err=True
        )
