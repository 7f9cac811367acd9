"""Preview and commit of an import. Both build the same plan; the commit refuses when it is no longer the one shown."""

import json
import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.core.text import mask_phone
from salesoffice.imports.enums import ImportKind, RowOutcome
from salesoffice.imports.models import ImportBatch
from salesoffice.imports.rules import Table, suggest_columns
from salesoffice.imports.rules.plan import Plan
from salesoffice.imports.rules.summary import Summary, describe_rows, describe_summary
from salesoffice.imports.services.people import check_kind, write_customers
from salesoffice.imports.services.planning import PreviewOutdated, plan_import, plan_under_lock, summarise
from salesoffice.imports.services.surveys import write_final_areas
from salesoffice.imports.services.uploads import (
    MEDIA_TYPES,
    SAMPLE_ROWS,
    Upload,
    clean_file_name,
    dump_mapping,
    name_columns,
)
from salesoffice.imports.services.writing import write_plan
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.files import store_file
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Unit

_LONG_NUMBER = re.compile(r"\d[\d\s-]{3,}\d")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")


class RowsRejected(DomainError):
    """Rows cannot be imported and the person did not say that the others should be."""

    def __init__(self, summary: Summary) -> None:
        message = _l(
            "%(count)d of %(rows)d rows cannot be imported, so nothing was written. Correct the file, or import "
            "the other rows only.",
            count=summary.rejected,
            rows=summary.rows,
        )
        super().__init__(message, code="rows_rejected", status=422)
        self.summary = summary


def preview_import(session: Session, project_id: int, *, actor: Actor, upload: Upload) -> ImportBatch:
    """Keep a file with what its import would do, to be looked at and committed.

    Refused: a list of customers from who may not see and edit all of them (NotAllowed).
    """
    check_kind(actor, project_id, upload.kind)
    plan, summary = plan_import(session, project_id, upload=upload)
    return _add_batch(session, project_id, actor, upload, plan, summary)


def keep_unmapped(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    data: bytes,
    file_name: str,
    building: str,
    table: Table,
    kind: ImportKind | None = None,
) -> ImportBatch:
    """Keep a file whose columns are not understood, so that a person can say which column is what."""
    name = clean_file_name(file_name)
    stored = store_file(session, data, name=name, media_type=MEDIA_TYPES[table.kind], project_id=project_id)
    summary = {"file": name, "rows": len(table.rows), "encoding": table.encoding}
    wanted = kind or ImportKind.UNITS
    check_kind(actor, project_id, wanted)
    suggested = suggest_columns(table.header, wanted)
    columns = {column: field.value for column, field in suggested.items()}
    batch = ImportBatch(
        project_id=project_id,
        file_id=stored.id,
        file_name=name,
        building=building,
        kind=wanted,
        content_hash=table.content_hash,
        preview=_dump_preview(summary, [], table, columns, wanted),
        plan_hash="",
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    session.add(batch)
    session.flush()
    return batch


def commit_import(
    session: Session, batch: ImportBatch, *, actor: Actor, upload: Upload, accept_partial: bool = False
) -> ImportBatch:
    """Write what the preview showed. `upload` is `reread_upload(session, batch)`, read before the transaction.

    Committing twice has one effect. Refused: a preview that is no longer true (PreviewOutdated), rejected rows
    unless `accept_partial` (RowsRejected), a file whose columns nobody has named yet (WrongState).
    """
    locked = lock_rows(session, select(ImportBatch).where(ImportBatch.id == batch.id))[0]
    if locked.committed_at is not None:
        return locked
    if not locked.plan_hash:
        raise WrongState(_l("Say first which column is what."))
    check_kind(actor, locked.project_id, locked.kind)
    plan, units = plan_under_lock(session, locked.project_id, upload)
    if plan.hash != locked.plan_hash:
        raise PreviewOutdated
    summary = summarise(session, locked.project_id, upload, plan, batch=locked)
    return _write(session, locked, plan, units, summary, actor=actor, accept_partial=accept_partial)


def import_file(
    session: Session, project_id: int, *, actor: Actor, upload: Upload, accept_partial: bool = False
) -> tuple[ImportBatch, Summary]:
    """Preview and commit in one step, for commands. Refused: rejected rows unless `accept_partial` (RowsRejected)."""
    check_kind(actor, project_id, upload.kind)
    plan, units = plan_under_lock(session, project_id, upload)
    summary = summarise(session, project_id, upload, plan)
    batch = _add_batch(session, project_id, actor, upload, plan, summary)
    _write(session, batch, plan, units, summary, actor=actor, accept_partial=accept_partial)
    return batch, summary


def _add_batch(
    session: Session, project_id: int, actor: Actor, upload: Upload, plan: Plan, summary: Summary
) -> ImportBatch:
    stored = store_file(
        session, upload.data, name=upload.file_name, media_type=upload.media_type, project_id=project_id
    )
    columns = name_columns(upload.table.header, upload.parsed.profile)
    batch = ImportBatch(
        project_id=project_id,
        file_id=stored.id,
        file_name=upload.file_name,
        kind=upload.kind,
        content_hash=upload.table.content_hash,
        building=upload.building,
        profile=upload.parsed.profile.name,
        mapping=dump_mapping(upload.mapping),
        preview=_dump_preview(
            describe_summary(summary), describe_rows(plan), upload.table, columns, upload.kind
        ),
        plan_hash=plan.hash,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    session.add(batch)
    session.flush()
    return batch


def _mask_figures(cell: str, pattern: re.Pattern[str]) -> str:
    """The sample is kept with the preview: phones of customers are not."""
    return pattern.sub(lambda match: mask_phone(match[0]), cell)


def _dump_preview(
    summary: Mapping[str, object],
    rows: list[dict[str, object]],
    table: Table,
    columns: Mapping[str, str],
    kind: ImportKind,
) -> str:
    hidden = _LONG_NUMBER if kind is ImportKind.CUSTOMERS else _PHONE
    content = {
        "summary": summary,
        "rows": rows,
        "header": table.header,
        "columns": columns,
        "sample": [[_mask_figures(cell, hidden) for cell in row.cells] for row in table.rows[:SAMPLE_ROWS]],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _write(
    session: Session,
    batch: ImportBatch,
    plan: Plan,
    units: Mapping[int, Unit],
    summary: Summary,
    *,
    actor: Actor,
    accept_partial: bool,
) -> ImportBatch:
    if summary.rejected and not accept_partial:
        raise RowsRejected(summary)
    version = None
    if batch.kind is ImportKind.CUSTOMERS:
        write_customers(session, batch.project_id, plan, actor=actor)
    elif batch.kind is ImportKind.AREAS:
        changed = [row for row in plan.rows if row.outcome is RowOutcome.UPDATED]
        write_final_areas(session, batch.project_id, changed, actor=actor, source=batch.file_name, new_ids={})
    else:
        version = write_plan(
            session,
            batch.project_id,
            plan,
            units,
            actor=actor,
            source=batch.file_name,
            source_file_id=batch.file_id,
        )
    result = {
        "created": summary.created,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "rejected": summary.rejected,
        "price_version": version,
    }
    batch.committed_at, batch.committed_by_id = clock.now(), actor.id
    batch.result = json.dumps(result)
    session.flush()
    audit.record(
        session,
        action="import.committed",
        actor=actor,
        project_id=batch.project_id,
        subject=batch,
        after={"file": batch.file_name, **result},
    )
    return batch
