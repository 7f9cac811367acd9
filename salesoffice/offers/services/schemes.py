"""Discount schemes: added, changed, moved, closed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.offers.enums import DiscountSource
from salesoffice.offers.models import DiscountScheme
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep, apply_discounts

_PROBE = 10**12
"""A price so large that only a value its kind does not allow is refused."""


@dataclass(frozen=True)
class SchemeDetails:
    """What a discount scheme is; `value` by kind as in `DiscountStep`, `cap` in fen, days inclusive."""

    name: str
    source: DiscountSource
    kind: DiscountKind
    value: Decimal
    valid_from: date
    valid_until: date | None = None
    cap: int | None = None
    is_stackable: bool = True
    plan_kinds: frozenset[PlanKind] = frozenset()


def add_scheme(session: Session, project_id: int, *, actor: Actor, details: SchemeDetails) -> DiscountScheme:
    """Add a scheme at the end of the order.

    Refused: `discount_invalid` (the value), `days_invalid`, `scheme_exists` (an active one has the name).
    """
    _check(details)
    last = select(func.max(DiscountScheme.position)).where(
        DiscountScheme.project_id == project_id, DiscountScheme.is_active
    )
    position = (session.scalar(last) or 0) + 1
    scheme = _insert(session, project_id, details, position)
    audit.record_change(session, scheme, "discount_scheme.added", actor, after=_figures_of(scheme))
    return scheme


def change_scheme(
    session: Session, scheme: DiscountScheme, *, actor: Actor, details: SchemeDetails
) -> DiscountScheme:
    """Change a scheme that nobody has used yet; one that was used is closed and another made in its place.

    Without any change nothing happens. Refused: as in `add_scheme`, and `wrong_state` for a closed one.
    """
    _check(details)
    scheme = _lock_active(session, scheme)
    before = _figures_of(scheme)
    if _columns_of(details) == {name: getattr(scheme, name) for name in _columns_of(details)}:
        return scheme
    if scheme.first_used_at is not None:
        scheme.is_active = False
        session.flush()
        fresh = _insert(session, scheme.project_id, details, scheme.position)
        after = _figures_of(fresh) | {"replaces": scheme.id}
        audit.record_change(session, fresh, "discount_scheme.replaced", actor, before=before, after=after)
        return fresh
    _store(session, scheme, details)
    audit.record_change(
        session, scheme, "discount_scheme.changed", actor, before=before, after=_figures_of(scheme)
    )
    return scheme


def close_scheme(session: Session, scheme: DiscountScheme, *, actor: Actor) -> DiscountScheme:
    """Close a scheme: it cannot be given any more; closing a closed one changes nothing."""
    found = _lock(session, scheme)
    if found.is_active:
        found.is_active = False
        session.flush()
        audit.record_change(session, found, "discount_scheme.closed", actor, before=_figures_of(found))
    return found


def move_scheme(session: Session, scheme: DiscountScheme, *, actor: Actor, up: bool) -> None:
    """Move a scheme one place up or down in the order; at the end of the order nothing happens."""
    statement = (
        select(DiscountScheme)
        .where(DiscountScheme.project_id == scheme.project_id, DiscountScheme.is_active)
        .order_by(DiscountScheme.position, DiscountScheme.id)
    )
    rows = list(lock_rows(session, statement))
    place = next((index for index, row in enumerate(rows) if row.id == scheme.id), None)
    if place is None:
        raise _closed()
    target = place - 1 if up else place + 1
    if not 0 <= target < len(rows):
        return
    rows[place], rows[target] = rows[target], rows[place]
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
    session.flush()
    after = {"order": [row.name for row in rows]}
    audit.record_change(session, scheme, "discount_scheme.moved", actor, after=after)


def mark_used(session: Session, schemes: Iterable[DiscountScheme]) -> None:
    """Remember that schemes are on an offer or an agreement now: from here on their figures stay."""
    for scheme in schemes:
        if scheme.first_used_at is None:
            scheme.first_used_at = clock.now()
    session.flush()


def _check(details: SchemeDetails) -> None:
    apply_discounts(_PROBE, Decimal(1), [DiscountStep(details.kind, details.value, details.name)])
    if details.valid_until is not None and details.valid_until < details.valid_from:
        message = _l("The last day must not be before the first.")
        raise InvalidInput(message, [FieldProblem("valid_until", message)], code="days_invalid")


def _lock(session: Session, scheme: DiscountScheme) -> DiscountScheme:
    return lock_rows(session, select(DiscountScheme).where(DiscountScheme.id == scheme.id))[0]


def _lock_active(session: Session, scheme: DiscountScheme) -> DiscountScheme:
    found = _lock(session, scheme)
    if not found.is_active:
        raise _closed()
    return found


def _closed() -> WrongState:
    return WrongState(_l("This discount scheme is closed."))


def _columns_of(details: SchemeDetails) -> dict[str, object]:
    return {
        "name": details.name,
        "source": details.source,
        "kind": details.kind,
        "value": f"{details.value.normalize():f}",
        "is_stackable": details.is_stackable,
        "cap_amount": details.cap,
        "valid_from": details.valid_from,
        "valid_until": details.valid_until,
        "plan_kinds": json.dumps(_sort_plans(details.plan_kinds)),
    }


def _sort_plans(plans: Iterable[PlanKind]) -> Sequence[str]:
    return sorted(plan.value for plan in plans)


def _insert(session: Session, project_id: int, details: SchemeDetails, position: int) -> DiscountScheme:
    scheme = DiscountScheme(project_id=project_id, position=position, is_active=True, created_at=clock.now())
    _store(session, scheme, details)
    return scheme


def _store(session: Session, scheme: DiscountScheme, details: SchemeDetails) -> None:
    try:
        with session.begin_nested():
            for name, value in _columns_of(details).items():
                setattr(scheme, name, value)
            session.add(scheme)
    except IntegrityError as error:
        message = _l("There is an active discount scheme of this name already.")
        raise InvalidInput(message, [FieldProblem("name", message)], code="scheme_exists") from error


def _figures_of(scheme: DiscountScheme) -> dict[str, object]:
    return {
        "name": scheme.name,
        "kind": scheme.kind.value,
        "value": scheme.value,
        "cap": scheme.cap_amount,
        "stackable": scheme.is_stackable,
        "from": scheme.valid_from.isoformat(),
        "until": scheme.valid_until.isoformat() if scheme.valid_until else None,
        "plans": json.loads(scheme.plan_kinds),
    }
