"""What an import would do: the rows of a file compared with the units and prices there are.

Pure, so that the preview and the commit cannot differ.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from salesoffice.imports.enums import (
    AREA_FIELDS,
    PLACE_FIELDS,
    PRICE_FIELDS,
    PlanField,
    RowOutcome,
    StatusMeaning,
)
from salesoffice.imports.rules.results import CustomerRow, ImportRow, ParsedFile, RowError, RowWarning
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.rules import Place, UnitKey, assign_unit_codes
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.rules import PriceDraft

Identity = tuple[str, str, str, str]


class StockUnit(NamedTuple):
    """A unit as it is in the inventory, with its price in force (fen) and whether a claim on it is open."""

    id: int
    code: str
    place: Place
    room_no: str
    unit_type: str
    usage: str
    orientation: str
    gross_area: Decimal | None
    inner_area: Decimal | None
    shared_area: Decimal | None
    release_state: ReleaseState
    withheld_reason: str
    source_label: str
    source_status: str
    doubt: str
    price: PriceDraft | None
    is_claimed: bool
    final: tuple[Decimal | None, Decimal | None, Decimal | None] = (None, None, None)
    is_by_final: bool = False

    @property
    def identity(self) -> Identity:
        """Building, section, floor label and room."""
        return self.place.building, self.place.section, self.place.floor_label, self.room_no


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a unit that exists, before and after."""

    field: PlanField
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class PlanRow:
    """What becomes of one row. `unit` is the unit it was found to be, `code` its code (a new one for a new unit)."""

    row: ImportRow
    outcome: RowOutcome
    unit: StockUnit | None
    code: str
    changes: tuple[Change, ...] = ()
    error: RowError | None = None

    @property
    def is_moved(self) -> bool:
        """Whether the unit gets another place."""
        return any(change.field in PLACE_FIELDS for change in self.changes)

    @property
    def is_repriced(self) -> bool:
        """Whether the unit gets another price."""
        return any(change.field in PRICE_FIELDS for change in self.changes)


@dataclass(frozen=True, slots=True)
class CustomerPlanRow:
    """What becomes of a customer. `customer_id` is who has one of the phones already, `rep_id` the rep by name."""

    row: CustomerRow
    outcome: RowOutcome
    customer_id: int | None = None
    rep_id: int | None = None
    error: RowError | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an import would do. `unread_count` rows were rejected while reading, `rows` (or `customers`) are all
    others; `warnings` came up by the comparison.
    """

    rows: tuple[PlanRow, ...]
    unread_count: int
    counts: Mapping[RowOutcome, int]
    hash: str
    warnings: tuple[RowWarning, ...] = ()
    customers: tuple[CustomerPlanRow, ...] = ()

    @property
    def rejected_count(self) -> int:
        """Rows that are not imported, for whatever reason."""
        return self.unread_count + self.counts.get(RowOutcome.REJECTED, 0)


def place_of(row: ImportRow) -> Place:
    """The place of a row; a building that is not known has an empty name."""
    return Place(row.building or "", row.section, row.floor_label, row.floor_number)


def price_of_row(row: ImportRow, old: PriceDraft | None = None) -> PriceDraft | None:
    """The price a row states, None when it states none. A filed total that is known is kept."""
    if not row.total_amount:
        return None
    return PriceDraft(
        basis=row.basis or PriceBasis.UNIT,
        gross_price=row.gross_unit_price or None,
        inner_price=row.inner_unit_price or None,
        list_total_amount=row.total_amount,
        filed_total_amount=old.filed_total_amount if old else None,
    )


def release_of_row(row: ImportRow) -> tuple[ReleaseState, str]:
    """The release state of a new unit and the reason for withholding it: on sale is released, sold is withheld."""
    if row.status is StatusMeaning.ON_SALE:
        return ReleaseState.RELEASED, ""
    if row.status is StatusMeaning.SOLD:
        return ReleaseState.WITHHELD, row.status_word
    return ReleaseState.UNRELEASED, ""


def build_plan(parsed: ParsedFile, stock: Sequence[StockUnit]) -> Plan:
    """Compare every row with the stock of the project: new, changed (and what), unchanged or rejected.

    A unit is found by building, section, floor label and room. A label that is only partly understood, and a unit
    that was imported from one, is also found by the text of the label, so that a unit a person has put in its
    place is not imported a second time.
    """
    matches = _match(parsed.rows, stock)
    new = [row for row in parsed.rows if row.line not in matches]
    keys = [UnitKey(row.building, row.section, row.floor_label, row.room_no) for row in new]
    codes = assign_unit_codes(keys, taken=frozenset(unit.code for unit in stock))
    code_of = {row.line: code for row, code in zip(new, codes, strict=True)}
    rows = tuple(
        _compare(row, matches[row.line])
        if row.line in matches
        else PlanRow(row, RowOutcome.CREATED, None, code_of[row.line])
        for row in parsed.rows
    )
    return build_plan_of(parsed, rows)


def _match(rows: Sequence[ImportRow], stock: Sequence[StockUnit]) -> dict[int, StockUnit]:
    by_identity = {unit.identity: unit for unit in stock}
    matches = {
        row.line: unit for row in rows if (unit := by_identity.get((row.building or "", *row.identity[1:])))
    }
    used = {unit.id for unit in matches.values()}
    by_label: dict[str, list[StockUnit]] = {}
    for unit in stock:
        if unit.id not in used and unit.source_label:
            by_label.setdefault(unit.source_label, []).append(unit)
    for row in rows:
        found = by_label.get(row.label, []) if row.line not in matches else []
        candidates = [unit for unit in found if row.is_partial or unit.doubt]
        if len(candidates) == 1 and candidates[0].id not in used:
            matches[row.line] = candidates[0]
            used.add(candidates[0].id)
    return matches


def _compare(row: ImportRow, unit: StockUnit) -> PlanRow:
    changes = tuple(_list_changes(row, unit))
    if not changes:
        return PlanRow(row, RowOutcome.UNCHANGED, unit, unit.code)
    guarded = [change for change in changes if change.field in AREA_FIELDS | PRICE_FIELDS]
    if unit.is_claimed and guarded:
        message = _l(
            "Unit %(unit)s is held or sold; its price and area stay as agreed. Delete the row, or end the sale first.",
            unit=unit.code,
        )
        error = RowError(row.line, str(guarded[0].field), row.label, "unit_taken", message)
        return PlanRow(row, RowOutcome.REJECTED, unit, unit.code, changes, error)
    return PlanRow(row, RowOutcome.UPDATED, unit, unit.code, changes)


def _list_changes(row: ImportRow, unit: StockUnit) -> Iterator[Change]:
    if not row.is_partial:
        yield from _differences(
            (PlanField.BUILDING, unit.place.building, row.building),
            (PlanField.SECTION, unit.place.section, row.section),
            (PlanField.FLOOR, unit.place.floor_label, row.floor_label),
        )
    if not unit.is_by_final:  # the checked survey is not undone by a file of forecasts
        yield from _differences(
            (PlanField.GROSS_AREA, unit.gross_area, row.gross_area or unit.gross_area),
            (PlanField.INNER_AREA, unit.inner_area, row.inner_area or unit.inner_area),
            (
                PlanField.SHARED_AREA,
                unit.shared_area,
                unit.shared_area if row.shared_area is None else row.shared_area,
            ),
        )
    yield from _differences(
        (PlanField.USAGE, unit.usage, row.usage or unit.usage),
        (PlanField.UNIT_TYPE, unit.unit_type, row.unit_type or unit.unit_type),
        (PlanField.ORIENTATION, unit.orientation, row.orientation or unit.orientation),
    )
    yield from list_final_changes(row, unit)
    yield from _list_status_changes(row, unit)
    price = price_of_row(row, unit.price)
    if price is not None:
        old = unit.price
        yield from _differences(
            (PlanField.BASIS, old.basis if old else None, price.basis),
            (PlanField.GROSS_PRICE, old.gross_price if old else None, price.gross_price),
            (PlanField.INNER_PRICE, old.inner_price if old else None, price.inner_price),
            (PlanField.TOTAL, old.list_total_amount if old else None, price.list_total_amount),
        )


def final_of_row(row: ImportRow, unit: StockUnit | None) -> tuple[Decimal | None, ...]:
    """The areas of the final survey after an import: what the row states, else what is known."""
    known = unit.final if unit else (None, None, None)
    stated = (row.final_gross, row.final_inner, row.final_shared)
    return tuple(old if new is None else new for new, old in zip(stated, known, strict=True))


def list_final_changes(row: ImportRow, unit: StockUnit) -> Iterator[Change]:
    """What the final survey would change of a unit."""
    if row.has_final:
        gross, inner, shared = final_of_row(row, unit)
        yield from _differences(
            (PlanField.FINAL_GROSS, unit.final[0], gross),
            (PlanField.FINAL_INNER, unit.final[1], inner),
            (PlanField.FINAL_SHARED, unit.final[2], shared),
        )


def _differences(*fields: tuple[PlanField, object, object]) -> Iterator[Change]:
    for field, old, new in fields:
        if old != new:
            yield Change(field, old, new)


def _list_status_changes(row: ImportRow, unit: StockUnit) -> Iterator[Change]:
    """The file's word counts only when it is another than last time: what the office decided since then stays."""
    if not row.status_word or row.status_word == unit.source_status:
        return
    yield Change(PlanField.SOURCE_STATUS, unit.source_status, row.status_word)
    is_by_hand = unit.release_state is ReleaseState.WITHHELD and unit.withheld_reason != unit.source_status
    if unit.is_claimed or is_by_hand or row.status is StatusMeaning.UNKNOWN:
        return
    wanted, _reason = release_of_row(row)
    if wanted is not unit.release_state:
        yield Change(PlanField.RELEASE_STATE, unit.release_state, wanted)


def build_plan_of(
    parsed: ParsedFile,
    rows: Sequence[PlanRow] = (),
    customers: Sequence[CustomerPlanRow] = (),
    warnings: Sequence[RowWarning] = (),
) -> Plan:
    """Count the outcomes and seal the plan with a hash over everything that it would write."""
    outcomes = [row.outcome for row in rows] + [customer.outcome for customer in customers]
    content = [[*_describe_row(row)] for row in rows] + [[*_describe_customer(row)] for row in customers]
    errors = [[error.line, error.code] for error in parsed.errors]
    text = json.dumps([content, errors], ensure_ascii=False)
    return Plan(
        tuple(rows),
        parsed.rejected_count,
        Counter(outcomes),
        hashlib.sha256(text.encode()).hexdigest(),
        tuple(warnings),
        tuple(customers),
    )


def _describe_row(row: PlanRow) -> Iterator[object]:
    yield from (row.row.line, row.outcome, row.unit.id if row.unit else None, row.code)
    yield [[change.field, str(change.old), str(change.new)] for change in row.changes]


def _describe_customer(row: CustomerPlanRow) -> Iterator[object]:
    yield from (row.row.line, row.outcome, row.customer_id, row.rep_id)
