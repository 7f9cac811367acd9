"""Writing a plan into inventory and pricing: in bulk, whatever the number of rows."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.imports.enums import PlanField, RowOutcome
from salesoffice.imports.rules.plan import Plan, PlanRow, place_of, price_of_row, release_of_row
from salesoffice.imports.services.surveys import write_final_areas
from salesoffice.infra import audit
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.inventory.rules import Place, PlaceIds, product_of_usage
from salesoffice.inventory.services import UnitDraft, add_units, ensure_places, ensure_unit_types
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import publish_prices

_PLAIN_FIELDS: Mapping[PlanField, str] = {
    PlanField.GROSS_AREA: "gross_area",
    PlanField.INNER_AREA: "inner_area",
    PlanField.SHARED_AREA: "shared_area",
    PlanField.ORIENTATION: "orientation",
    PlanField.SOURCE_STATUS: "source_status",
}
_LONGEST_LINE = 20
_LONGEST_DOUBT = 300


def write_plan(
    session: Session,
    project_id: int,
    plan: Plan,
    units: Mapping[int, Unit],
    *,
    actor: Actor,
    source: str,
    source_file_id: int,
) -> int | None:
    """Write the new and changed rows of a plan; return the number of the price version, None without prices.

    `units` are the changed units, locked, by id. Changed units get an audit entry each; the new ones are covered
    by the entry of the import itself.
    """
    new = [row for row in plan.rows if row.outcome is RowOutcome.CREATED]
    changed = [row for row in plan.rows if row.outcome is RowOutcome.UPDATED]
    moved = [row for row in changed if row.is_moved]
    places = ensure_places(session, project_id, list({place_of(row.row): None for row in (*new, *moved)}))
    types = ensure_unit_types(session, project_id, (row.row.unit_type for row in (*new, *changed)))
    ids = add_units(session, project_id, [_build_draft(row, places, types) for row in new])
    for row in changed:
        _change_unit(session, row, units, places, types, actor)
    session.flush()
    write_final_areas(session, project_id, (*new, *changed), actor=actor, source=source, new_ids=ids)
    prices = _collect_prices(new, changed, ids)
    if not prices:
        return None
    version = publish_prices(
        session,
        project_id,
        actor=actor,
        prices=prices,
        source=source,
        source_file_id=source_file_id,
        recorded_unit_ids=prices.keys(),
    )
    return version.number


def _build_draft(planned: PlanRow, places: Mapping[Place, PlaceIds], types: Mapping[str, int]) -> UnitDraft:
    row = planned.row
    release_state, reason = release_of_row(row)
    return UnitDraft(
        place=places[place_of(row)],
        code=planned.code,
        room_no=row.room_no,
        line=row.position[:_LONGEST_LINE],
        unit_type_id=types.get(row.unit_type),
        usage=row.usage,
        product=product_of_usage(row.usage),
        orientation=row.orientation,
        gross_area=row.gross_area or None,
        inner_area=row.inner_area or None,
        shared_area=row.shared_area,
        release_state=release_state,
        withheld_reason=reason,
        source_label=row.label,
        source_status=row.status_word,
        doubt=" ".join(str(doubt.label) for doubt in row.doubts)[:_LONGEST_DOUBT],
    )


def _change_unit(
    session: Session,
    planned: PlanRow,
    units: Mapping[int, Unit],
    places: Mapping[Place, PlaceIds],
    types: Mapping[str, int],
    actor: Actor,
) -> None:
    if planned.unit is None:
        return
    unit, row = units[planned.unit.id], planned.row
    if planned.is_moved:
        unit.building_id, unit.section_id, unit.floor_id = places[place_of(row)]
        unit.room_no, unit.line, unit.doubt = row.room_no, row.position[:_LONGEST_LINE], ""
    for change in planned.changes:
        if change.field in _PLAIN_FIELDS:
            setattr(unit, _PLAIN_FIELDS[change.field], change.new)
        elif change.field is PlanField.USAGE:
            unit.usage, unit.product = row.usage, product_of_usage(row.usage)
        elif change.field is PlanField.UNIT_TYPE:
            unit.unit_type_id = types[row.unit_type]
        elif change.field is PlanField.RELEASE_STATE:
            unit.release_state, unit.withheld_reason = release_of_row(row)
            unit.withheld_until, unit.withheld_by_id = None, None
    _follow_reason(unit, planned)
    audit.record(
        session,
        action="unit.imported",
        actor=actor,
        project_id=unit.project_id,
        subject=unit,
        unit_id=unit.id,
        before={change.field.value: change.old for change in planned.changes},
        after={change.field.value: change.new for change in planned.changes},
    )


def _follow_reason(unit: Unit, planned: PlanRow) -> None:
    """A unit the file itself withheld carries the file's newest word as its reason."""
    old = planned.unit
    is_by_file = (
        old is not None
        and old.release_state is ReleaseState.WITHHELD
        and old.withheld_reason == old.source_status
    )
    if is_by_file and unit.release_state is ReleaseState.WITHHELD and unit.source_status:
        unit.withheld_reason = unit.source_status


def _collect_prices(
    new: Iterable[PlanRow], changed: Iterable[PlanRow], ids: Mapping[str, int]
) -> dict[int, PriceDraft]:
    prices = {}
    for row in new:
        price = price_of_row(row.row)
        if price is not None:
            prices[ids[row.code]] = price
    for row in changed:
        price = price_of_row(row.row, row.unit.price if row.unit else None)
        if price is not None and row.unit is not None and row.is_repriced:
            prices[row.unit.id] = price
    return prices
