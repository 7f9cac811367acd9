"""Release batches: put together, launched, called off. The numbers of a launched batch never change."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import BatchState
from salesoffice.inventory.models import ReleaseBatch, ReleaseBatchUnit, Unit
from salesoffice.inventory.services.places import lock_project
from salesoffice.inventory.services.releases import BulkResult, release_units

_LONGEST_NAME = 60
_SHOWN = 5


class BatchNameTaken(DomainError):
    """The project has a batch of this name."""

    def __init__(self, name: str) -> None:
        message = _l("There is a release batch “%(name)s” already.", name=name)
        super().__init__(message, code="batch_name_taken", errors=[FieldProblem("name", message)])


class UnitsInOtherBatch(DomainError):
    """Units belong to another batch already."""

    def __init__(self, codes: Collection[str]) -> None:
        names = ", ".join(sorted(codes)[:_SHOWN])
        message = _l(
            "%(count)s units are in another release batch already: %(units)s.", count=len(codes), units=names
        )
        super().__init__(message, code="unit_in_other_batch", units=sorted(codes))


class BatchEmpty(WrongState):
    """A batch without units cannot be launched."""

    def __init__(self) -> None:
        super().__init__(_l("This batch has no units yet. Put units into it first."))


def add_batch(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    name: str,
    planned_on: date | None = None,
    note: str = "",
) -> ReleaseBatch:
    """Begin a release batch. Refused: a missing name (InvalidInput), one that is taken (BatchNameTaken)."""
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= _LONGEST_NAME:
        problem = FieldProblem(
            "name", _l("Name the batch, in at most %(limit)d characters.", limit=_LONGEST_NAME)
        )
        raise InvalidInput(_l("The release batch was not made."), [problem])
    lock_project(session, project_id)
    taken = select(ReleaseBatch.id).where(ReleaseBatch.project_id == project_id, ReleaseBatch.name == tidy)
    if session.scalar(taken) is not None:
        raise BatchNameTaken(tidy)
    batch = ReleaseBatch(
        project_id=project_id,
        name=tidy,
        state=BatchState.PLANNED,
        planned_on=planned_on,
        note=note.strip(),
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    session.add(batch)
    session.flush()
    audit.record_change(
        session, batch, "release_batch.added", actor, after={"name": tidy, "planned_on": planned_on}
    )
    return batch


def plan_batch(
    session: Session, batch: ReleaseBatch, *, actor: Actor, planned_on: date | None, note: str
) -> ReleaseBatch:
    """Change the planned day and the note of a batch that is not launched; the same again changes nothing."""
    batch = _lock_planned(session, batch)
    before = {"planned_on": batch.planned_on, "note": batch.note}
    after = {"planned_on": planned_on, "note": note.strip()}
    if before != after:
        batch.planned_on, batch.note = planned_on, note.strip()
        session.flush()
        audit.record_change(session, batch, "release_batch.planned", actor, before=before, after=after)
    return batch


def put_into_batch(session: Session, batch: ReleaseBatch, *, actor: Actor, unit_ids: Collection[int]) -> int:
    """Put units of the project into a planned batch; those already in it stay. Returns how many are new.

    Refused: nothing chosen, a unit of another project (InvalidInput), units of another batch (UnitsInOtherBatch).
    """
    batch = _lock_planned(session, batch)
    wanted = set(unit_ids)
    if not wanted:
        raise DomainError(_l("Choose at least one unit."), code="nothing_chosen", status=422)
    own = select(Unit.id, Unit.code).where(Unit.project_id == batch.project_id, Unit.id.in_(wanted))
    codes = dict(session.execute(own).all())
    if wanted - codes.keys():
        raise InvalidInput(_l("Choose units of this project."), code="unit_unknown")
    places = select(ReleaseBatchUnit.unit_id, ReleaseBatchUnit.batch_id).where(
        ReleaseBatchUnit.unit_id.in_(wanted)
    )
    taken = dict(session.execute(places).all())
    elsewhere = [codes[unit_id] for unit_id, batch_id in taken.items() if batch_id != batch.id]
    if elsewhere:
        raise UnitsInOtherBatch(elsewhere)
    new = sorted(wanted - taken.keys())
    if new:
        session.execute(
            insert(ReleaseBatchUnit), [{"unit_id": unit_id, "batch_id": batch.id} for unit_id in new]
        )
        audit.record_change(
            session, batch, "release_batch.filled", actor, after={"units": [codes[key] for key in new]}
        )
    return len(new)


def take_out_of_batch(
    session: Session, batch: ReleaseBatch, *, actor: Actor, unit_ids: Collection[int]
) -> int:
    """Take units out of a planned batch; returns how many were in it."""
    batch = _lock_planned(session, batch)
    inside = (
        select(Unit.id, Unit.code)
        .join(ReleaseBatchUnit, ReleaseBatchUnit.unit_id == Unit.id)
        .where(ReleaseBatchUnit.batch_id == batch.id, Unit.id.in_(unit_ids))
    )
    codes = dict(session.execute(inside).all())
    if codes:
        session.execute(delete(ReleaseBatchUnit).where(ReleaseBatchUnit.unit_id.in_(codes)))
        audit.record_change(
            session, batch, "release_batch.thinned", actor, before={"units": sorted(codes.values())}
        )
    return len(codes)


def launch_batch(
    session: Session, batch: ReleaseBatch, *, actor: Actor, amounts: Mapping[int, int]
) -> BulkResult:
    """Put a batch on the market: freeze its number, area (m²) and list value (fen), and release its units.

    `amounts` are the list totals in force by unit id. Units that are claimed or that a file calls sold keep their
    state and are named in the result; they count among the launched. Refused: WrongState when it is not planned any
    more, BatchEmpty, InvalidInput for a unit without an amount.
    """
    batch = _lock_planned(session, batch)
    inside = select(Unit.id, Unit.gross_area).join(ReleaseBatchUnit, ReleaseBatchUnit.unit_id == Unit.id)
    areas = dict(session.execute(inside.where(ReleaseBatchUnit.batch_id == batch.id)).all())
    if not areas:
        raise BatchEmpty
    if areas.keys() - amounts.keys():
        raise InvalidInput(_l("A unit of the batch has no price in force."), code="price_not_approved")
    result = release_units(session, batch.project_id, actor=actor, unit_ids=areas)
    batch.state, batch.launched_at, batch.launched_by_id = BatchState.LAUNCHED, clock.now(), actor.id
    batch.launched_unit_count = len(areas)
    batch.launched_gross_area = sum((area for area in areas.values() if area is not None), Decimal("0.00"))
    batch.launched_list_amount = sum(amounts[unit_id] for unit_id in areas)
    session.flush()
    after = {
        "units": batch.launched_unit_count,
        "gross_area": str(batch.launched_gross_area),
        "list_amount": batch.launched_list_amount,
    }
    audit.record_change(session, batch, "release_batch.launched", actor, after=after)
    return result


def call_off_batch(session: Session, batch: ReleaseBatch, *, actor: Actor) -> ReleaseBatch:
    """Call a planned batch off: its units are free for another one. Refused: WrongState once it is launched."""
    batch = _lock_planned(session, batch)
    session.execute(delete(ReleaseBatchUnit).where(ReleaseBatchUnit.batch_id == batch.id))
    batch.state = BatchState.CANCELLED
    session.flush()
    audit.record_change(session, batch, "release_batch.called_off", actor)
    return batch


def _lock_planned(session: Session, batch: ReleaseBatch) -> ReleaseBatch:
    lock_project(session, batch.project_id)
    fresh = session.get_one(ReleaseBatch, batch.id, populate_existing=True)
    if fresh.state is not BatchState.PLANNED:
        raise WrongState(_l("This batch is “%(state)s” already.", state=fresh.state.label))
    return fresh
