"""Putting approved prices into force: what changed meanwhile is named, the rest may go on under the same approval."""

from collections.abc import Collection, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, NotAllowed, WrongState
from salesoffice.core.permissions import SYSTEM, Actor, Permission
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _
from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.pricing.queries import (
    StaleUnit,
    find_stale,
    list_changed_prices,
    list_drafts,
    version_in_force,
)
from salesoffice.pricing.rules import PriceDraft, largest_move
from salesoffice.pricing.services.versions import check_step, lock_version
from salesoffice.pricing.services.writing import (
    Areas,
    add_draft,
    copy_prices,
    insert_prices,
    name_unit,
    record_price,
    replace_version,
)

_BATCH = 5000


class PricesStale(DomainError):
    """Units of the version were claimed, repriced or re-measured since it was made."""

    def __init__(self, units: Sequence[StaleUnit]) -> None:
        message = _l(
            "%(count)s units changed since these prices were made. Put the rest into force, or make new prices.",
            count=len(units),
        )
        errors = [FieldProblem(unit.code, name_unit(unit.code, unit.reason.label)) for unit in units]
        super().__init__(message, code="prices_stale", errors=errors, count=len(units))
        self.units = tuple(units)


def put_in_force(
    session: Session, version: PriceVersion, *, actor: Actor, without: Collection[int] = ()
) -> PriceVersion:
    """Put an approved version into force now and supersede the one before; return the version in force.

    Locks the project and the changed units, so that a hold placed at the same time is either seen or sees the new
    price. A unit that was claimed, repriced or re-measured meanwhile is refused by name (PricesStale) unless `without`
    names its id: then version N+1 with the rest comes into force under the same approval and this one is withdrawn.
    When nothing is left, it is withdrawn and returned. Twice is harmless. Refused: `wrong_state`, before its moment.
    """
    version = lock_version(session, version)
    if version.state is PriceVersionState.IN_FORCE:
        return version
    check_step(version, PriceVersionState.IN_FORCE)
    if not actor.can(Permission.PRICE_APPROVE, version.project_id):
        raise NotAllowed(_l("Your role does not approve prices. Ask the sales manager or an executive."))
    if version.in_force_from is not None and version.in_force_from > clock.now():
        raise WrongState(_l("These prices were approved for a later moment; until then the old ones count."))
    changed = list_changed_prices(session, version)
    _lock_units(session, sorted(changed))
    stale = find_stale(session, version)
    left_out = set(without)
    if any(unit.unit_id not in left_out for unit in stale):
        raise PricesStale(stale)
    if not stale and not left_out:
        return _force(session, version, changed, actor=actor)
    rest = {unit_id: price for unit_id, price in changed.items() if unit_id not in left_out}
    return _force_rest(session, version, rest, actor=actor, left_out=stale)


def put_rest_in_force(session: Session, version: PriceVersion, *, actor: Actor = SYSTEM) -> PriceVersion:
    """Put an approved version into force without the units that changed meanwhile, whatever they are at this moment.

    Refused as `put_in_force` does. The sweep does so by itself; the audit says what was left out.
    """
    try:
        return put_in_force(session, version, actor=actor)
    except PricesStale as stale:
        left_out = [unit.unit_id for unit in stale.units]
        return put_in_force(session, version, actor=actor, without=left_out)


def list_due(session: Session) -> Sequence[int]:
    """List the ids of approved versions whose moment has come, the oldest first."""
    statement = (
        select(PriceVersion.id)
        .where(PriceVersion.state == PriceVersionState.APPROVED, PriceVersion.in_force_from <= clock.now())
        .order_by(PriceVersion.in_force_from, PriceVersion.id)
    )
    return session.scalars(statement).all()


def _force(
    session: Session, version: PriceVersion, changed: Mapping[int, PriceDraft], *, actor: Actor
) -> PriceVersion:
    old = version_in_force(session, version.project_id)
    before = list_drafts(session, old) if old else {}
    replace_version(session, old, version)
    audit.record_change(
        session,
        version,
        "price_version.put_in_force",
        actor,
        before={"number": old.number if old else None},
        after={"number": version.number, "changed": len(changed)},
    )
    for unit_id in sorted(changed):
        record_price(session, version, unit_id, before.get(unit_id), changed[unit_id], actor=actor)
    return version


def _force_rest(
    session: Session,
    version: PriceVersion,
    rest: Mapping[int, PriceDraft],
    *,
    actor: Actor,
    left_out: Sequence[StaleUnit],
) -> PriceVersion:
    version.state = PriceVersionState.WITHDRAWN
    session.flush()
    names = [f"{unit.code}: {unit.reason.label}" for unit in left_out]
    audit.record_change(
        session,
        version,
        "price_version.left_out",
        actor,
        after={"number": version.number, "units": names, "left": len(rest)},
    )
    if not rest:
        return version
    made = _add_rest(session, version, rest)
    return _force(session, made, rest, actor=actor)


def _add_rest(session: Session, version: PriceVersion, rest: Mapping[int, PriceDraft]) -> PriceVersion:
    base = version_in_force(session, version.project_id)
    before = list_drafts(session, base) if base else {}
    made = add_draft(
        session,
        version.project_id,
        actor=SYSTEM,
        source=version.source,
        note=_("The rest of version %(number)s, under its approval", number=version.number),
    )
    made.base_version_id = base.id if base else None
    made.max_move_rate = largest_move(before, rest)
    for name in (
        "created_by_id", "submitted_at", "submitted_by_id", "approved_at", "approved_by_id", "decision_comment",
    ):  # fmt: skip
        setattr(made, name, getattr(version, name))
    copy_prices(session, base, made, without=rest)
    insert_prices(session, made, rest, _find_areas_of(session, version))
    return made


def _find_areas_of(session: Session, version: PriceVersion) -> dict[int, Areas]:
    statement = select(UnitPrice.unit_id, UnitPrice.gross_area, UnitPrice.inner_area).where(
        UnitPrice.version_id == version.id
    )
    return {unit_id: (gross, inner) for unit_id, gross, inner in session.execute(statement)}


def _lock_units(session: Session, unit_ids: Sequence[int]) -> None:
    for start in range(0, len(unit_ids), _BATCH):
        ids = unit_ids[start : start + _BATCH]
        lock_rows(session, select(Unit.id).where(Unit.id.in_(ids)).order_by(Unit.id))
