"""Preview and commit of an import. Both build the same plan; the commit refuses when it is no longer the one shown."""

import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.imports.enums import ColumnField, RowOutcome
from salesoffice.imports.models import ColumnProfile, ImportBatch
from salesoffice.imports.queries import load_stock
from salesoffice.imports.rules import Table
from salesoffice.imports.rules.plan import Plan, build_plan
from salesoffice.imports.rules.summary import Summary, build_summary, describe_rows, describe_summary
from salesoffice.imports.services.uploads import (
    MEDIA_TYPES,
    SAMPLE_ROWS,
    Upload,
    clean_file_name,
    dump_mapping,
    hash_header,
    name_columns,
)
from salesoffice.imports.services.writing import write_plan
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.files import store_file
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import lock_project

_LOCKED_AT_ONCE = 10_000


class PreviewOutdated(DomainError):
    """Units or prices changed since the preview was shown."""

    def __init__(self) -> None:
        message = _l(
            "Units or prices have changed since this preview. Nothing was written. Look at it again."
        )
        super().__init__(message, code="preview_outdated")


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


def plan_import(session: Session, project_id: int, *, upload: Upload) -> tuple[Plan, Summary]:
    """Say what an import would do; nothing is written."""
    plan = build_plan(upload.parsed, load_stock(session, project_id))
    return plan, build_summary(upload.file_name, upload.parsed, plan)


def preview_import(session: Session, project_id: int, *, actor: Actor, upload: Upload) -> ImportBatch:
    """Keep a file with what its import would do, to be looked at and committed."""
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
) -> ImportBatch:
    """Keep a file whose columns are not understood, so that a person can say which column is what."""
    name = clean_file_name(file_name)
    stored = store_file(session, data, name=name, media_type=MEDIA_TYPES[table.kind], project_id=project_id)
    summary = {"file": name, "rows": len(table.rows), "encoding": table.encoding}
    batch = ImportBatch(
        project_id=project_id,
        file_id=stored.id,
        file_name=name,
        building=building,
        preview=_dump_preview(summary, [], table, {}),
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
    plan, units = _plan_under_lock(session, locked.project_id, upload)
    if plan.hash != locked.plan_hash:
        raise PreviewOutdated
    summary = build_summary(upload.file_name, upload.parsed, plan)
    return _write(session, locked, plan, units, summary, actor=actor, accept_partial=accept_partial)


def import_file(
    session: Session, project_id: int, *, actor: Actor, upload: Upload, accept_partial: bool = False
) -> tuple[ImportBatch, Summary]:
    """Preview and commit in one step, for commands. Refused: rejected rows unless `accept_partial` (RowsRejected)."""
    plan, units = _plan_under_lock(session, project_id, upload)
    summary = build_summary(upload.file_name, upload.parsed, plan)
    batch = _add_batch(session, project_id, actor, upload, plan, summary)
    _write(session, batch, plan, units, summary, actor=actor, accept_partial=accept_partial)
    return batch, summary


def remember_columns(
    session: Session, project_id: int, *, actor: Actor, table: Table, mapping: Mapping[str, ColumnField]
) -> ColumnProfile:
    """Remember which column is what for all files of a project with this header."""
    key = hash_header(table.header)
    statement = select(ColumnProfile).where(
        ColumnProfile.project_id == project_id, ColumnProfile.header_hash == key
    )
    lock_project(session, project_id)
    profile = session.scalars(statement).one_or_none()
    before = profile.mapping if profile else "{}"
    if profile is None:
        profile = ColumnProfile(project_id=project_id, header_hash=key, name="custom", created_at=clock.now())
        session.add(profile)
    profile.mapping = dump_mapping(mapping)
    session.flush()
    if before != profile.mapping:
        audit.record(
            session,
            action="columns.remembered",
            actor=actor,
            project_id=project_id,
            subject=profile,
            before=json.loads(before),
            after=json.loads(profile.mapping),
        )
    return profile


def _plan_under_lock(session: Session, project_id: int, upload: Upload) -> tuple[Plan, dict[int, Unit]]:
    """The plan while no other import of the project runs and nobody can claim or change the units it changes."""
    lock_project(session, project_id)
    plan = build_plan(upload.parsed, load_stock(session, project_id))
    touched = _list_touched(plan)
    units: dict[int, Unit] = {}
    for start in range(0, len(touched), _LOCKED_AT_ONCE):
        ids = touched[start : start + _LOCKED_AT_ONCE]
        found = lock_rows(session, select(Unit).where(Unit.id.in_(ids)).order_by(Unit.id))
        units |= {unit.id: unit for unit in found}
    if touched:
        plan = build_plan(upload.parsed, load_stock(session, project_id))
        if set(_list_touched(plan)) - units.keys():
            raise PreviewOutdated
    return plan, units


def _list_touched(plan: Plan) -> list[int]:
    return sorted({row.unit.id for row in plan.rows if row.unit and row.outcome is RowOutcome.UPDATED})


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
        building=upload.building,
        profile=upload.parsed.profile.name,
        mapping=dump_mapping(upload.mapping),
        preview=_dump_preview(describe_summary(summary), describe_rows(plan), upload.table, columns),
        plan_hash=plan.hash,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    session.add(batch)
    session.flush()
    return batch


def _dump_preview(
    summary: Mapping[str, object], rows: list[dict[str, object]], table: Table, columns: Mapping[str, str]
) -> str:
    content = {
        "summary": summary,
        "rows": rows,
        "header": table.header,
        "columns": columns,
        "sample": [row.cells for row in table.rows[:SAMPLE_ROWS]],
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
