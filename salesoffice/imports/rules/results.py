"""What reading a file gives: rows, warnings, errors."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from salesoffice.core.errors import Text
from salesoffice.customers.enums import Source
from salesoffice.imports.enums import Doubt, FileKind, StatusMeaning
from salesoffice.imports.rules.profiles import Profile
from salesoffice.pricing.enums import PriceBasis


@dataclass(frozen=True, slots=True)
class RowWarning:
    """Something a person should look at; the row is imported."""

    line: int
    code: str
    message: Text = field(compare=False)


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row is rejected. `column` is the header's word, empty when the whole row is meant."""

    line: int
    column: str
    value: str
    code: str
    message: Text = field(compare=False)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One unit as the file states it.

    Areas in m² with two decimals, prices in fen (unit prices per m²). None: not stated, or not certain.
    `line` is the line of the file, `label` the text the place was read from, `position` the column on the floor,
    `status_word` the file's own word. `basis` is None when stated unit prices do not fit the total.
    """

    line: int
    label: str
    building: str | None
    section: str
    floor_number: int | None
    floor_label: str
    room_no: str
    position: str
    doubts: tuple[Doubt, ...]
    gross_area: Decimal | None
    inner_area: Decimal | None
    shared_area: Decimal | None
    gross_unit_price: int | None
    inner_unit_price: int | None
    total_amount: int | None
    basis: PriceBasis | None
    status_word: str
    status: StatusMeaning
    usage: str
    unit_type: str
    orientation: str
    category: str
    remark: str
    handover_on: dt.date | None
    final_gross: Decimal | None = None
    final_inner: Decimal | None = None
    final_shared: Decimal | None = None
    surveyor: str = ""
    surveyed_on: dt.date | None = None

    @property
    def has_final(self) -> bool:
        """Whether the row states an area of the final survey."""
        return any(area is not None for area in (self.final_gross, self.final_inner, self.final_shared))

    @property
    def is_partial(self) -> bool:
        """Whether the label was understood only in part."""
        return bool(self.doubts)

    @property
    def identity(self) -> tuple[str | None, str, str, str]:
        """Building, section, floor and room: what makes the unit one within its project."""
        return self.building, self.section, self.floor_label, self.room_no


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer as the file states it: phones normalised, what they want in the words of the file's columns.

    `rep` is the name of the sales rep, `visited_on` the day of the visit (None: no visit to record).
    """

    line: int
    name: str
    phones: tuple[str, ...]
    source: Source | None
    rep: str
    visited_on: dt.date | None
    wants: str
    note: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """All that a file says. `row_count` = rows (or customers) + `rejected_count`; sums are over all rows as stated
    (m², fen), without totals and examples. `warnings` in line 0 are about the file as a whole.
    """

    rows: tuple[ImportRow, ...]
    warnings: tuple[RowWarning, ...]
    errors: tuple[RowError, ...]
    row_count: int
    rejected_count: int
    sum_gross_area: Decimal
    sum_total_fen: int
    inner_basis_count: int
    encoding: str
    kind: FileKind
    profile: Profile
    customers: tuple[CustomerRow, ...] = ()
