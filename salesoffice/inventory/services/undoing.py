"""Taking a bulk edit back: within ten minutes, by the same person, while nothing has changed since."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed, NotFound, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services.bulk import ACTION, UnitChange, list_names, write_changes
from salesoffice.inventory.services.places import lock_project

UNDONE = "unit.edit_undone"
UNDO_WITHIN = timedelta(minutes=10)
SHOWN_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class BulkEdit:
    """A bulk edit that was done: its key, when and by whom, its changes, and until when it can be taken back."""

    key: str
    entries: Sequence[AuditEntry]
    is_undone: bool

    @property
    def undo_until(self) -> datetime:
        """Until when it can be taken back."""
        return self.entries[0].at + UNDO_WITHIN

    @property
    def can_undo(self) -> bool:
        """Tell whether there is still time."""
        return not self.is_undone and clock.now() <= self.undo_until


def get_bulk_edit(session: Session, project_id: int, key: str) -> BulkEdit:
    """Return a bulk edit of the last day by its key; raises NotFound."""
    entries = [
        entry
        for entry in _list_entries(session, project_id, (ACTION, UNDONE))
        if json.loads(entry.after).get("bulk") == key
    ]
    done = [entry for entry in entries if entry.action == ACTION]
    if not done:
        raise NotFound(_l("There is no such change from the last day."))
    return BulkEdit(key, done, len(done) < len(entries))


def undo_bulk_edit(session: Session, project_id: int, *, actor: Actor, key: str) -> int:
    """Set the values back to what they were before a bulk edit; return the number of units.

    Refused: NotAllowed for another person's, WrongState after ten minutes, when it was undone already, and with the names
    of units that changed since.
    """
    lock_project(session, project_id)
    edit = get_bulk_edit(session, project_id, key)
    if edit.entries[0].actor_id != actor.id:
        raise NotAllowed(_l("Only the person who made this change can take it back."))
    if edit.is_undone:
        raise WrongState(_l("This change has been taken back already."), code="already_undone")
    if not edit.can_undo:
        raise WrongState(
            _l("It can be taken back for ten minutes only. Change the units anew."), code="undo_late"
        )
    sequences = {entry.unit_id: entry.sequence for entry in edit.entries if entry.unit_id is not None}
    units = lock_rows(session, select(Unit).where(Unit.id.in_(sequences)).order_by(Unit.id))
    last = select(AuditEntry.unit_id, func.max(AuditEntry.sequence)).where(
        AuditEntry.project_id == project_id, AuditEntry.unit_id.in_(sequences)
    )
    newest = dict(session.execute(last.group_by(AuditEntry.unit_id)).all())
    touched = [unit.code for unit in units if newest[unit.id] != sequences[unit.id]]
    if touched:
        message = _l(
            "These units have changed since; nothing was taken back: %(units)s.", units=list_names(touched)
        )
        raise WrongState(message, code="changed_since", units=touched)
    codes = {unit.id: unit.code for unit in units}
    changes = tuple(_reverse(entry, codes) for entry in edit.entries)
    write_changes(session, project_id, changes, actor, UNDONE, key)
    return len(changes)


def _list_entries(session: Session, project_id: int, actions: Collection[str]) -> Iterator[AuditEntry]:
    statement = (
        select(AuditEntry)
        .where(
            AuditEntry.project_id == project_id,
            AuditEntry.at >= clock.now() - SHOWN_WITHIN,
            AuditEntry.action.in_(actions),
        )
        .order_by(AuditEntry.sequence)
    )
    yield from session.scalars(statement)


def _reverse(entry: AuditEntry, codes: Mapping[int, str]) -> UnitChange:
    after = json.loads(entry.after)
    after.pop("bulk")
    unit_id = entry.unit_id or 0
    return UnitChange(unit_id, codes[unit_id], after, json.loads(entry.before))
