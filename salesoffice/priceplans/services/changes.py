"""One change of a plan, and taking it back."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, InvalidInput, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Building
from salesoffice.priceplans.enums import FactorKind
from salesoffice.priceplans.models import PlanAdjustment, PlanChange, PlanFactor, PricePlan
from salesoffice.priceplans.queries import find_last_change, list_scope_ids
from salesoffice.priceplans.services.edits import TERM_KINDS, Adjusted, CellName, PlanEdit

KEPT_CHANGES = 200
"""So many changes of a plan can be taken back one after the other."""

LARGEST_COEFFICIENT = 10_000_000
LARGEST_DIFFERENCE = 10_000_000_00
LONGEST_KEY = 60
MOST_FACTORS = 2000

_FLOOR = re.compile(r"-?[1-9][0-9]{0,2}|0")
_MILLION = Decimal(1_000_000)


class PlanChangedMeanwhile(DomainError):
    """Somebody changed the plan since the page was shown."""

    def __init__(self, revision: int) -> None:
        message = _l("Somebody else changed this plan meanwhile. Reload it and make your change again.")
        super().__init__(message, code="plan_changed", revision=revision)


class PlanClosed(WrongState):
    """The plan is closed and no longer changes."""

    def __init__(self) -> None:
        super().__init__(_l("This plan is closed. Copy it to go on with it."), code="plan_closed")


class NothingToUndo(DomainError):
    """There is no change of this person that could be taken back."""

    def __init__(self) -> None:
        message = _l("There is nothing to undo: the last change is not yours, or there is none.")
        super().__init__(message, code="nothing_to_undo")


def change_plan(
    session: Session, plan: PricePlan, *, actor: Actor, revision: int, edit: PlanEdit
) -> PricePlan:
    """Apply one change to a plan whose revision the person has seen, and remember it so that it can be undone.

    Setting what is there already changes nothing. Refused: a closed plan (PlanClosed), a change by somebody else
    meanwhile (PlanChangedMeanwhile), figures, keys and units that cannot be (InvalidInput).
    """
    plan = lock_plan(session, plan, revision)
    _check_edit(session, plan, edit)
    before = _apply(session, plan, edit)
    if before.is_empty:
        return plan
    after = _narrow(edit, before)
    _step(plan)
    session.add(
        PlanChange(
            plan_id=plan.id,
            revision=plan.revision,
            before=before.to_json(),
            after=after.to_json(),
            changed_at=plan.changed_at,
            changed_by_id=actor.id,
        )
    )
    oldest = PlanChange.revision <= plan.revision - KEPT_CHANGES
    session.execute(delete(PlanChange).where(PlanChange.plan_id == plan.id, oldest))
    _record(session, plan, "price_plan.changed", actor, before, after)
    session.flush()
    return plan


def undo_change(session: Session, plan: PricePlan, *, actor: Actor, revision: int) -> PricePlan:
    """Take back the last change of a plan that was not taken back yet.

    Refused: when it is not the same person's, or there is none (NothingToUndo); PlanClosed; PlanChangedMeanwhile.
    """
    plan = lock_plan(session, plan, revision)
    change = find_last_change(session, plan.id)
    if change is None or change.changed_by_id != actor.id:
        raise NothingToUndo
    earlier = PlanEdit.from_json(change.before)
    replaced = _apply(session, plan, earlier)
    _step(plan)
    change.undone_at = plan.changed_at
    _record(session, plan, "price_plan.change_undone", actor, replaced, earlier)
    session.flush()
    return plan


def lock_plan(session: Session, plan: PricePlan, revision: int) -> PricePlan:
    """Lock an open plan that is still as the person saw it; refused with PlanClosed, PlanChangedMeanwhile."""
    found = lock_rows(session, select(PricePlan).where(PricePlan.id == plan.id))[0]
    if not found.is_open:
        raise PlanClosed
    if found.revision != revision:
        raise PlanChangedMeanwhile(found.revision)
    return found


def _step(plan: PricePlan) -> None:
    plan.revision += 1
    plan.changed_at = clock.now()


def _record(
    session: Session, plan: PricePlan, action: str, actor: Actor, before: PlanEdit, after: PlanEdit
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=plan.project_id,
        subject=plan,
        before=json.loads(before.to_json()),
        after={"revision": plan.revision, **json.loads(after.to_json())},
    )


def _check_edit(session: Session, plan: PricePlan, edit: PlanEdit) -> None:
    houses = {name.building_id for name in edit.cells} - {None}
    own = select(Building.id).where(Building.project_id == plan.project_id, Building.id.in_(houses))
    if houses - set(session.scalars(own)):
        raise InvalidInput(_l("There is no such building."))
    for name, value in edit.cells.items():
        _check_cell(name, value)
    if edit.adjustments.keys() - set(list_scope_ids(session, plan)):
        raise InvalidInput(_l("This unit does not belong to the plan."))
    for adjusted in edit.adjustments.values():
        if adjusted is not None and not adjusted.reason:
            raise InvalidInput(_l("An adjustment by hand needs a reason."), code="reason_missing")
        if adjusted is not None and abs(adjusted.difference) > LARGEST_DIFFERENCE:
            raise InvalidInput(_l("This amount is too large."), code="factor_invalid")
    check_terms({name: edit.terms.get(name, getattr(plan, name)) for name in TERM_KINDS})


def _check_cell(name: CellName, value: int | None) -> None:
    if not 0 < len(name.key) <= LONGEST_KEY:
        raise InvalidInput(_l("A row of a factor table needs its name."), code="factor_invalid")
    if name.kind is FactorKind.FLOOR_STEP and not _FLOOR.fullmatch(name.key):
        raise InvalidInput(_l("A floor is a whole number, for example 12 or -1."), code="factor_invalid")
    if value is None:
        return
    if name.is_coefficient and not 0 < value <= LARGEST_COEFFICIENT:
        raise InvalidInput(
            _l("A coefficient is more than 0 and at most 10, for example 1.05."), code="factor_invalid"
        )
    if not name.is_coefficient and abs(value) > LARGEST_DIFFERENCE:
        raise InvalidInput(_l("This amount is too large."), code="factor_invalid")


def check_terms(terms: Mapping[str, Any]) -> None:
    """Refuse terms of a plan that cannot be, by their columns, with InvalidInput."""
    target, base, low, high = (
        terms[name] for name in ("target_price", "base_price", "min_price", "max_price")
    )
    if target is None and base is None:
        raise InvalidInput(_l("A plan needs a target average, or a base price."), code="terms_invalid")
    if not 0 < terms["blended_discount"] <= 1:
        raise InvalidInput(
            _l("The blended discount is the share that is paid, for example 97 %."), code="terms_invalid"
        )
    if low is not None and high is not None and low > high:
        raise InvalidInput(_l("The lowest unit price is above the highest."), code="terms_invalid")


def _apply(session: Session, plan: PricePlan, edit: PlanEdit) -> PlanEdit:
    """Set what the change sets; return what stood there before, without what stays as it is."""
    cells = _apply_cells(session, plan, edit.cells)
    adjustments = _apply_adjustments(session, plan, edit.adjustments)
    terms = {}
    for name, value in edit.terms.items():
        if getattr(plan, name) != value:
            terms[name] = getattr(plan, name)
            setattr(plan, name, value)
    session.flush()
    return PlanEdit(cells, adjustments, terms)


def _apply_cells(
    session: Session, plan: PricePlan, cells: Mapping[CellName, int | None]
) -> dict[CellName, int | None]:
    if not cells:
        return {}
    factors = {
        (factor.kind, factor.building_id, factor.key): factor
        for factor in session.scalars(select(PlanFactor).where(PlanFactor.plan_id == plan.id))
    }
    before: dict[CellName, int | None] = {}
    touched: dict[tuple[FactorKind, int | None, str], PlanFactor] = {}
    for name, value in cells.items():
        factor = factors.get(name[:3])
        if factor is None:
            factor = PlanFactor(plan_id=plan.id, kind=name.kind, building_id=name.building_id, key=name.key)
            factors[name[:3]] = factor
        old = _read_figure(factor, name)
        if old != value:
            before[name] = old
            touched[name[:3]] = factor
            _write_figure(factor, name, value)
    if len(factors) > MOST_FACTORS:
        raise InvalidInput(_l("A plan has %(count)s lines of factors at most.", count=MOST_FACTORS))
    for factor in touched.values():
        is_empty = factor.coefficient is None and factor.difference is None
        if not is_empty:
            session.add(factor)
        elif factor.id is not None:
            session.delete(factor)
    return before


def _read_figure(factor: PlanFactor, name: CellName) -> int | None:
    if not name.is_coefficient:
        return factor.difference
    return None if factor.coefficient is None else int(factor.coefficient * _MILLION)


def _write_figure(factor: PlanFactor, name: CellName, value: int | None) -> None:
    if not name.is_coefficient:
        factor.difference = value
    else:
        factor.coefficient = None if value is None else value / _MILLION


def _apply_adjustments(
    session: Session, plan: PricePlan, adjustments: Mapping[int, Adjusted | None]
) -> dict[int, Adjusted | None]:
    before: dict[int, Adjusted | None] = {}
    for unit_id, value in adjustments.items():
        row = session.get(PlanAdjustment, (plan.id, unit_id))
        old = Adjusted(row.difference, row.reason) if row else None
        if old == value:
            continue
        before[unit_id] = old
        if value is None and row is not None:
            session.delete(row)
        elif row is None and value is not None:
            session.add(PlanAdjustment(plan_id=plan.id, unit_id=unit_id, **value._asdict()))
        elif row is not None and value is not None:
            row.difference, row.reason = value
    return before


def _narrow(edit: PlanEdit, before: PlanEdit) -> PlanEdit:
    """Keep of a change what it really changed."""
    return PlanEdit(
        {name: edit.cells[name] for name in before.cells},
        {unit_id: edit.adjustments[unit_id] for unit_id in before.adjustments},
        {name: edit.terms[name] for name in before.terms},
    )
