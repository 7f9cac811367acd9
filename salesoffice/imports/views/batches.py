"""Pages of imports: upload, preview, columns, commit, result."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.imports.documents import TABS, build_doubts, build_lines, choose_lines
from salesoffice.imports.enums import KIND_FIELDS, ColumnField, ImportKind
from salesoffice.imports.forms import CommitForm, PlainForm, UploadForm, read_columns
from salesoffice.imports.models import ImportBatch
from salesoffice.imports.queries import (
    BatchRow,
    find_people,
    get_batch,
    load_preview,
    select_batches,
)
from salesoffice.imports.rules import read_table
from salesoffice.imports.services import (
    PreviewOutdated,
    Upload,
    check_kind,
    commit_import,
    keep_unmapped,
    preview_import,
    read_upload,
    remember_columns,
    reread_upload,
)
from salesoffice.imports.views.blueprint import UNPROCESSABLE, bp
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import BaseForm, Problem, fill_problem
from salesoffice.webkit.pager import PER_PAGE, Page, page_number, paginate_rows

_BUILDING_CODES = frozenset({"building_required", "building_invalid"})


@bp.route("/p/<code>/imports", methods=["GET", "POST"])
@requires(Permission.UNIT_IMPORT)
def index(code: str) -> ResponseReturnValue:
    """Upload files; the history of imports."""
    form = UploadForm()
    if not form.is_submitted():
        return _render_index(form)
    if not form.validate():
        return _render_index(form), UNPROCESSABLE
    files = [(item.filename or "", item.read()) for item in form.files.data]
    try:
        batches = _preview_files(files, form.building.data or "", form.kind.data)
    except _FileRefused as refused:
        _fill_refusal(form, refused, is_only=len(files) == 1)
        return _render_index(form), refused.error.status
    if len(batches) == 1:
        return redirect(_url(code, batches[0]))
    flash(_("%(count)d files were read. Look at each of them and import it.", count=len(batches)), "info")
    return redirect(url_for("imports.index", code=code))


@bp.route("/p/<code>/imports/<int:batch_id>")
@requires(Permission.UNIT_IMPORT)
def show(code: str, batch_id: int) -> ResponseReturnValue:
    """Show what an import would do, or did."""
    return _render_batch(_get_batch(batch_id), CommitForm())


@bp.route("/p/<code>/imports/<int:batch_id>/commit", methods=["POST"])
@requires(Permission.UNIT_IMPORT)
def commit(code: str, batch_id: int) -> ResponseReturnValue:
    """Write what the preview showed."""
    batch = _get_batch(batch_id)
    form = CommitForm()
    if not form.validate():
        return _render_batch(batch, form), UNPROCESSABLE
    try:
        upload = reread_upload(db.session(), batch)
        with transaction() as session:
            commit_import(
                session, batch, actor=current_actor(), upload=upload, accept_partial=form.accept_partial.data
            )
    except DomainError as error:
        fill_problem(form, error)
        is_outdated = isinstance(error, PreviewOutdated)
        return _render_batch(_get_batch(batch_id), form, is_outdated=is_outdated), error.status
    flash(_("The import is done."), "success")
    return redirect(_url(code, batch))


@bp.route("/p/<code>/imports/<int:batch_id>/columns", methods=["POST"])
@requires(Permission.UNIT_IMPORT)
def columns(code: str, batch_id: int) -> ResponseReturnValue:
    """Read the file again with the columns a person named, and remember them for files with this header."""
    batch = _get_batch(batch_id)
    form = PlainForm()
    chosen = read_columns(load_preview(batch).header, request.form)
    if not form.validate() or not chosen:
        form.problem = Problem(_("Say of one column at least that it is the room."))
        return _render_batch(batch, form, chosen=chosen), UNPROCESSABLE
    try:
        upload = reread_upload(db.session(), batch, mapping=chosen)
        with transaction() as session:
            project_id, actor = current_project_id(), current_actor()
            remember_columns(
                session,
                project_id,
                actor=actor,
                table=upload.table,
                mapping=chosen,
                kind=batch.kind,
                name=PurePath(batch.file_name).stem,
            )
            made = preview_import(session, project_id, actor=actor, upload=upload)
    except DomainError as error:
        fill_problem(form, error)
        return _render_batch(_get_batch(batch_id), form, chosen=chosen), error.status
    return redirect(_url(code, made))


@bp.route("/p/<code>/imports/<int:batch_id>/again", methods=["POST"])
@requires(Permission.UNIT_IMPORT)
def again(code: str, batch_id: int) -> ResponseReturnValue:
    """Compare the file of an import with the units of now."""
    batch = _get_batch(batch_id)
    form = PlainForm()
    try:
        upload = reread_upload(db.session(), batch)
        with transaction() as session:
            made = preview_import(session, current_project_id(), actor=current_actor(), upload=upload)
    except DomainError as error:
        fill_problem(form, error)
        return _render_batch(_get_batch(batch_id), form), error.status
    return redirect(_url(code, made))


class _FileRefused(Exception):  # not a refusal of its own: it only says which of several files was refused
    def __init__(self, file_name: str, error: DomainError) -> None:
        super().__init__(file_name)
        self.file_name = file_name
        self.error = error


def _preview_files(
    files: Sequence[tuple[str, bytes]], building: str, kind: ImportKind | None
) -> list[ImportBatch]:
    """Read all files, then keep all their previews; a single one whose columns are unknown is kept to be asked."""
    project_id, actor = current_project_id(), current_actor()
    uploads: list[Upload] = []
    for name, data in files:
        try:
            upload = read_upload(
                db.session(), project_id, data=data, file_name=name, building=building, kind=kind
            )
            check_kind(actor, project_id, upload.kind)
            uploads.append(upload)
        except DomainError as error:
            if error.code != "columns_unknown" or len(files) > 1:
                raise _FileRefused(name, error) from error
            table = read_table(data, name)
            with transaction() as session:
                kept = keep_unmapped(
                    session,
                    project_id,
                    actor=actor,
                    data=data,
                    file_name=name,
                    building=building,
                    table=table,
                    kind=kind,
                )
            return [kept]
    with transaction() as session:
        return [preview_import(session, project_id, actor=actor, upload=upload) for upload in uploads]


def _fill_refusal(form: UploadForm, refused: _FileRefused, *, is_only: bool) -> None:
    fill_problem(form, refused.error)
    if refused.error.code in _BUILDING_CODES:
        form.building.errors = [refused.error.message]
    if not is_only:
        form.problem = Problem(refused.error.message, (refused.file_name,))


def _render_index(form: UploadForm) -> str:
    project = current_project()
    page = paginate_rows(select_batches(project.id), page_number(request.args.get("page")))
    rows = [BatchRow._make(row) for row in page.items]
    return render_template("imports/index.html", project=project, form=form, page=page, rows=rows)


def _render_batch(
    batch: ImportBatch,
    form: BaseForm,
    *,
    chosen: Mapping[str, ColumnField] | None = None,
    is_outdated: bool = False,
) -> str:
    preview = load_preview(batch)
    lines = build_lines(preview)
    show_tab, q = request.args.get("show", ""), request.args.get("q", "").strip()[:100]
    found = choose_lines(lines, show_tab, q)
    number = min(page_number(request.args.get("page")), max(1, -(-len(found) // PER_PAGE)))
    start = (number - 1) * PER_PAGE
    return render_template(
        "imports/show.html",
        project=current_project(),
        batch=batch,
        form=form,
        commit_form=form if isinstance(form, CommitForm) else CommitForm(formdata=None),
        summary=preview.summary,
        header=preview.header,
        sample=preview.sample,
        columns={name: field.value for name, field in chosen.items()} if chosen else preview.columns,
        fields=KIND_FIELDS[batch.kind],
        doubts=build_doubts(preview.summary),
        page=Page(found[start : start + PER_PAGE], number, PER_PAGE, len(found)),
        tabs=[(key, label, len(choose_lines(lines, key, ""))) for key, label in TABS],
        show=show_tab,
        q=q,
        people=find_people(db.session(), batch),
        is_outdated=is_outdated,
    )


def _get_batch(batch_id: int) -> ImportBatch:
    batch = get_batch(db.session(), batch_id, project_id=current_project_id())
    check_kind(current_actor(), batch.project_id, batch.kind)
    return batch


def _url(code: str, batch: ImportBatch) -> str:
    return url_for("imports.show", code=code, batch_id=batch.id)
