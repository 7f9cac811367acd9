"""JSON API of imports."""

from typing import Any

from flask import Response
from werkzeug.datastructures import FileStorage

from salesoffice.core.permissions import Permission
from salesoffice.imports.enums import ImportKind
from salesoffice.imports.models import ImportBatch
from salesoffice.imports.queries import get_batch
from salesoffice.imports.schemas import (
    CommitSchema,
    ImportSchema,
    UploadFileSchema,
    UploadFormSchema,
    describe_batch,
)
from salesoffice.imports.services import (
    Upload,
    check_kind,
    commit_import,
    preview_import,
    read_upload,
    reread_upload,
)
from salesoffice.infra.db import db
from salesoffice.webkit.access import authorise, current_actor, current_project_id, requires
from salesoffice.webkit.api import make_blueprint, writes

blp = make_blueprint("imports", "imports")


@blp.route("/projects/<code>/imports", methods=["POST"])
@requires(Permission.UNIT_IMPORT)
@blp.arguments(UploadFileSchema, location="files")
@blp.arguments(UploadFormSchema, location="form")
@blp.response(201, ImportSchema)
@blp.alt_response(
    422, description="file_empty, file_unreadable, encoding_unknown, columns_unknown, building_required …"
)
def preview(files: dict[str, FileStorage], form: dict[str, str], code: str) -> Response:
    """Read a file and say what its import would do; nothing is written to the units."""
    upload = read_upload(
        db.session(),
        current_project_id(),
        data=files["file"].read(),
        file_name=files["file"].filename or "",
        building=form["building"].strip(),
        profile=form["profile"].strip(),
        kind=ImportKind(form["kind"]) if form["kind"] else None,
    )
    return _save_preview(upload)


@blp.route("/imports/<int:batch_id>")
@requires(Permission.UNIT_IMPORT)
@blp.response(200, ImportSchema)
@blp.alt_response(404, description="not_found")
def show(batch_id: int) -> Any:
    """Return an import as it was previewed, and what became of it."""
    return describe_batch(_get_batch(batch_id))


@blp.route("/imports/<int:batch_id>/commit", methods=["POST"])
@requires(Permission.UNIT_IMPORT)
@blp.arguments(CommitSchema)
@blp.response(200, ImportSchema)
@blp.alt_response(409, description="preview_outdated, wrong_state")
@blp.alt_response(422, description="rows_rejected")
def commit(body: dict[str, bool], batch_id: int) -> Response:
    """Write what the preview showed; once, however often it is asked."""
    batch = _get_batch(batch_id)
    upload = reread_upload(db.session(), batch)
    return _commit(batch, upload, accept_partial=body["accept_partial"])


@writes(ImportSchema, 201)
def _save_preview(upload: Upload) -> Any:
    batch = preview_import(db.session(), current_project_id(), actor=current_actor(), upload=upload)
    return describe_batch(batch)


@writes(ImportSchema)
def _commit(batch: ImportBatch, upload: Upload, *, accept_partial: bool) -> Any:
    done = commit_import(
        db.session(), batch, actor=current_actor(), upload=upload, accept_partial=accept_partial
    )
    return describe_batch(done)


def _get_batch(batch_id: int) -> ImportBatch:
    batch = get_batch(db.session(), batch_id)
    authorise(batch.project_id)
    check_kind(current_actor(), batch.project_id, batch.kind)
    return batch
