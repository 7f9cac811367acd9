"""What an upload would do, by its kind, and the same under lock."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.imports.enums import ImportKind, RowOutcome
from salesoffice.imports.models import ImportBatch
from salesoffice.imports.queries import find_same_content, load_customer_book, load_stock
from salesoffice.imports.rules.people import build_customer_plan
from salesoffice.imports.rules.plan import Plan, build_plan
from salesoffice.imports.rules.results import RowWarning
from salesoffice.imports.rules.summary import Summary, build_summary
from salesoffice.imports.rules.survey import build_survey_plan
from salesoffice.imports.services.uploads import Upload
from salesoffice.infra.db import lock_rows
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


def plan_import(
    session: Session, project_id: int, *, upload: Upload, beside: Sequence[Upload] = ()
) -> tuple[Plan, Summary]:
    """Say what an import would do; nothing is written. `beside` are the files read before it in the same go."""
    plan = build_plan_of_upload(session, project_id, upload)
    return plan, summarise(session, project_id, upload, plan, beside=beside)


def plan_under_lock(session: Session, project_id: int, upload: Upload) -> tuple[Plan, dict[int, Unit]]:
    """The plan while no other import of the project runs and nobody can claim or change the units it changes."""
    lock_project(session, project_id)
    plan = build_plan_of_upload(session, project_id, upload)
    touched = _list_touched(plan)
    units: dict[int, Unit] = {}
    for start in range(0, len(touched), _LOCKED_AT_ONCE):
        ids = touched[start : start + _LOCKED_AT_ONCE]
        found = lock_rows(session, select(Unit).where(Unit.id.in_(ids)).order_by(Unit.id))
        units |= {unit.id: unit for unit in found}
    if touched:
        plan = build_plan_of_upload(session, project_id, upload)
        if set(_list_touched(plan)) - units.keys():
            raise PreviewOutdated
    return plan, units


def summarise(
    session: Session,
    project_id: int,
    upload: Upload,
    plan: Plan,
    *,
    beside: Sequence[Upload] = (),
    batch: ImportBatch | None = None,
) -> Summary:
    """Sum up a plan, and say whether the same content was imported before under another name."""
    repeated = find_same_content(
        session, project_id, upload.table.content_hash, except_id=batch.id if batch else None
    )
    notes = list(_warn_of_repetition(upload, repeated, beside))
    return build_summary(upload.file_name, upload.parsed, plan, notes)


def build_plan_of_upload(session: Session, project_id: int, upload: Upload) -> Plan:
    """Compare a file with what is there now."""
    if upload.kind is ImportKind.CUSTOMERS:
        book = load_customer_book(session, project_id)
        return build_customer_plan(upload.parsed, book, clock.business_today())
    stock = load_stock(session, project_id)
    if upload.kind is ImportKind.AREAS:
        return build_survey_plan(upload.parsed, stock)
    return build_plan(upload.parsed, stock)


def _list_touched(plan: Plan) -> list[int]:
    return sorted({row.unit.id for row in plan.rows if row.unit and row.outcome is RowOutcome.UPDATED})


def _warn_of_repetition(
    upload: Upload, repeated: ImportBatch | None, beside: Sequence[Upload]
) -> Iterator[RowWarning]:
    if repeated is not None and repeated.committed_at and repeated.file_name != upload.file_name:
        message = _l(
            "The same content was imported as “%(name)s” on %(day)s.",
            name=repeated.file_name,
            day=clock.business_day_of(repeated.committed_at).isoformat(),
        )
        yield RowWarning(0, "file_repeated", message)
    for other in beside:
        if other.file_name != upload.file_name and other.table.content_hash == upload.table.content_hash:
            message = _l("“%(name)s” holds the same content.", name=other.file_name)
            yield RowWarning(0, "file_repeated", message)
            return
