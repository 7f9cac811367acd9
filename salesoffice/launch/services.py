"""The launch checklist, and launching a batch when it is ready."""

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.files import store_file
from salesoffice.inventory.models import ReleaseBatch
from salesoffice.inventory.services import BulkResult, add_batch, launch_batch
from salesoffice.launch.enums import LaunchItemKind, LaunchItemState
from salesoffice.launch.models import LaunchItem
from salesoffice.launch.queries import collect_facts, list_amounts, list_members
from salesoffice.launch.rules import AUTOMATIC, USUAL_ITEMS

MAX_FILE = 20 * 1024 * 1024
_MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_SHOWN = 5


class BatchNotReady(DomainError):
    """The batch cannot be launched yet: units without a price in force, or that no permit covers."""

    def __init__(self, code: str, codes: tuple[str, ...]) -> None:
        names = ", ".join(codes[:_SHOWN])
        words = {
            "price_not_approved": _l(
                "%(count)s units have no price in force: %(units)s. Put prices into force first.",
                count=len(codes),
                units=names,
            ),
            "permit_missing": _l(
                "No valid permit covers %(count)s units: %(units)s. Enter the permit first.",
                count=len(codes),
                units=names,
            ),
        }
        super().__init__(words[code], code=code, units=codes)


def begin_batch(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    name: str,
    planned_on: date | None = None,
    note: str = "",
) -> ReleaseBatch:
    """Begin a release batch with the usual checklist, everything due on the planned day."""
    batch = add_batch(session, project_id, actor=actor, name=name, planned_on=planned_on, note=note)
    session.add_all(
        LaunchItem(
            project_id=project_id,
            batch_id=batch.id,
            kind=kind,
            due_on=planned_on,
            position=position,
            created_at=clock.now(),
        )
        for position, kind in enumerate(USUAL_ITEMS)
    )
    session.flush()
    return batch


def launch(session: Session, batch: ReleaseBatch, *, actor: Actor) -> BulkResult:
    """Launch a batch: every unit needs a price in force and a permit valid today.

    Refused: BatchNotReady naming the units, and what `launch_batch` refuses. Open items of the checklist do not stop
    a launch; the page shows them.
    """
    facts = collect_facts(session, batch)
    if facts.unpriced:
        raise BatchNotReady("price_not_approved", facts.unpriced)
    if facts.unpermitted:
        raise BatchNotReady("permit_missing", facts.unpermitted)
    return launch_batch(session, batch, actor=actor, amounts=list_amounts(session, batch))


def add_item(session: Session, batch: ReleaseBatch, *, actor: Actor, title: str) -> LaunchItem:
    """Add something of the office's own to a checklist. Refused: a missing title (InvalidInput)."""
    words = " ".join(title.split())
    if not words:
        problem = FieldProblem("title", _l("Say what must be ready."))
        raise InvalidInput(_l("Nothing was added."), [problem])
    last = session.scalar(select(func.max(LaunchItem.position)).where(LaunchItem.batch_id == batch.id))
    item = LaunchItem(
        project_id=batch.project_id,
        batch_id=batch.id,
        kind=LaunchItemKind.OTHER,
        title=words,
        due_on=batch.planned_on,
        position=(last or 0) + 1,
        created_at=clock.now(),
    )
    session.add(item)
    session.flush()
    audit.record_change(session, item, "launch_item.added", actor, after={"title": words})
    return item


def assign_item(
    session: Session, item: LaunchItem, *, actor: Actor, owner_id: int | None, due_on: date | None, note: str
) -> LaunchItem:
    """Say who sees to an item, until which day, with a note. Refused: somebody who is not of the project."""
    if owner_id is not None and owner_id not in list_members(session, item.project_id):
        problem = FieldProblem("owner_id", _l("Choose somebody of this project."))
        raise InvalidInput(_l("Nothing was saved."), [problem])
    if item.state is LaunchItemState.NOT_NEEDED and not note.strip():
        raise _reason_missing()
    before = _describe(item)
    item.owner_id, item.due_on, item.note = owner_id, due_on, note.strip()
    _finish(session, item, actor, "launch_item.assigned", before)
    return item


def close_item(session: Session, item: LaunchItem, *, actor: Actor) -> LaunchItem:
    """Tick an item; twice changes nothing. Refused: WrongState for one that ticks itself from the data."""
    if item.kind in AUTOMATIC:
        raise WrongState(_l("This item ticks itself as soon as the data is complete."))
    return _move(session, item, actor, LaunchItemState.DONE)


def skip_item(session: Session, item: LaunchItem, *, actor: Actor, reason: str) -> LaunchItem:
    """Say that an item is not needed, and why. Refused: no reason (InvalidInput)."""
    words = " ".join(reason.split())
    if not words:
        raise _reason_missing()
    item.note = words
    return _move(session, item, actor, LaunchItemState.NOT_NEEDED)


def reopen_item(session: Session, item: LaunchItem, *, actor: Actor) -> LaunchItem:
    """Take back that an item is done or not needed."""
    return _move(session, item, actor, LaunchItemState.OPEN)


def attach_file(session: Session, item: LaunchItem, *, actor: Actor, data: bytes, name: str) -> LaunchItem:
    """Keep a paper with an item: a PDF, PNG or JPEG of at most 20 MB, told by its bytes, not by its name."""
    media_type = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
    if media_type is None or len(data) > MAX_FILE:
        problem = FieldProblem("file", _l("Choose a PDF, PNG or JPEG file of at most 20 MB."))
        raise InvalidInput(_l("The file was not kept."), [problem])
    stored = store_file(session, data, name=name, media_type=media_type, project_id=item.project_id)
    before = _describe(item)
    item.file_id = stored.id
    _finish(session, item, actor, "launch_item.file_attached", before)
    return item


def _reason_missing() -> InvalidInput:
    problem = FieldProblem("note", _l("Say why it is not needed."))
    return InvalidInput(_l("Nothing was saved."), [problem])


def _move(session: Session, item: LaunchItem, actor: Actor, state: LaunchItemState) -> LaunchItem:
    if item.state is state:
        return item
    before = _describe(item)
    is_open = state is LaunchItemState.OPEN
    item.state = state
    item.closed_at, item.closed_by_id = (None, None) if is_open else (clock.now(), actor.id)
    _finish(session, item, actor, f"launch_item.{'reopened' if is_open else state.value}", before)
    return item


def _finish(
    session: Session, item: LaunchItem, actor: Actor, action: str, before: Mapping[str, object]
) -> None:
    session.flush()
    after = _describe(item)
    if before != after:
        audit.record_change(session, item, action, actor, before=before, after=after)


def _describe(item: LaunchItem) -> dict[str, object]:
    return {
        "state": item.state.value,
        "owner_id": item.owner_id,
        "due_on": item.due_on,
        "note": item.note,
        "file_id": item.file_id,
    }
