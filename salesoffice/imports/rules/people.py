"""Lists of customers: reading them, and comparing them with those who are registered. Phones are shown masked only."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.phones import PhoneInvalid, normalise_phone
from salesoffice.core.text import mask_phone
from salesoffice.customers.enums import Source
from salesoffice.customers.rules import split_phones
from salesoffice.imports.enums import ColumnField, RowOutcome
from salesoffice.imports.rules import cells
from salesoffice.imports.rules.plan import CustomerPlanRow, Plan, build_plan_of
from salesoffice.imports.rules.profiles import Profile
from salesoffice.imports.rules.reading import Reading, check_shape, read_day
from salesoffice.imports.rules.results import CustomerRow, ParsedFile, RowError, RowWarning
from salesoffice.imports.rules.shapes import is_placeholder
from salesoffice.imports.rules.tables import Table, TableRow

_LONGEST_NAME = 100
_LONGEST_TEXT = 500
_PHONES = (ColumnField.MOBILE, ColumnField.LANDLINE)
_WANTS = (
    ColumnField.WANTED_AREA, ColumnField.WANTED_TYPE, ColumnField.BUDGET, ColumnField.PURPOSE, ColumnField.CONCERNS,
)  # fmt: skip
_NOTES = (ColumnField.REMARK, ColumnField.AGE, ColumnField.OCCUPATION, ColumnField.RESIDENCE)
_SOURCE_WORDS: Mapping[Source, str] = MappingProxyType(
    {
        Source.REFERRAL: "介绍|推荐|老带新|业主|朋友|亲友",
        Source.SOCIAL: "微信|抖音|朋友圈|小红书|视频|公众号|微博",
        Source.ONLINE: "网|搜房|安居客|贝壳|百度",
        Source.OUTDOOR: "户外|路牌|广告牌|围挡|站台|地铁|公交|灯箱|指示牌",
        Source.CHANNEL: "中介|渠道|分销|门店|代理",
        Source.CALL_OUT: "电话|短信|电销|call",
        Source.PRESS: "报|电台|广播|电视|杂志|媒体",
        Source.EVENT: "活动|展会|房展|巡展|派单|单张|直邮",
        Source.WALK_IN: "路过|自然|上门|自访|附近",
    }
)


@dataclass(frozen=True, slots=True)
class CustomerBook:
    """Who is known: customers by phone (normalised), the ids of the people who receive customers by name."""

    customers: Mapping[str, int]
    reps: Mapping[str, Sequence[int]]


def parse_customers(table: Table, profile: Profile) -> ParsedFile:
    """Read every customer; a row without a name or a phone that can be dialled is rejected and stops no other."""
    places = {column: place for place, column in enumerate(profile.columns) if column is not None}
    reading = Reading(table.header, places, None)
    rows = [row for source in table.rows if (row := _read_customer(reading, source, profile)) is not None]
    accepted = {row.line for row in rows}
    return ParsedFile(
        rows=(),
        warnings=tuple(warning for warning in reading.warnings if warning.line in accepted),
        errors=tuple(reading.errors),
        row_count=len(table.rows),
        rejected_count=len(table.rows) - len(rows),
        sum_gross_area=Decimal("0.00"),
        sum_total_fen=0,
        inner_basis_count=0,
        encoding=table.encoding,
        kind=table.kind,
        profile=profile,
        customers=tuple(rows),
    )


def build_customer_plan(parsed: ParsedFile, book: CustomerBook, today: dt.date) -> Plan:
    """Compare with the customers of the project: who has one of the phones already is unchanged.

    Rejected: a rep whom the project does not have (`rep_unknown`), a visit after `today` (`day_in_future`). A second
    row with a phone of the file counts as unchanged, too, with a warning.
    """
    seen: dict[str, int] = {}
    rows = []
    warnings = []
    for row in parsed.customers:
        planned = _compare(row, book, today)
        first = next((seen[phone] for phone in row.phones if phone in seen), None)
        if planned.outcome is RowOutcome.CREATED and first is not None:
            planned = CustomerPlanRow(row, RowOutcome.UNCHANGED)
            message = _l(
                "The phone already stands in line %(line)d; only that row is registered.", line=first
            )
            warnings.append(RowWarning(row.line, "customer_repeated", message))
        if planned.outcome is RowOutcome.CREATED:
            seen |= dict.fromkeys(row.phones, row.line)
            warnings += _warn(row)
        rows.append(planned)
    return build_plan_of(parsed, customers=rows, warnings=warnings)


def read_source(word: str) -> Source | None:
    """How a customer came to know of the project, from the office's own word; None for none."""
    if not word:
        return None
    plain = word.lower()
    for source, words in _SOURCE_WORDS.items():
        if re.search(words, plain):
            return source
    return Source.OTHER


def _read_customer(reading: Reading, source: TableRow, profile: Profile) -> CustomerRow | None:
    errors_before = len(reading.errors)
    if is_placeholder(reading, source, profile.kind):
        reading.refuse(source, "placeholder_row")
        return None
    check_shape(reading, source)
    name = cells.read_text(reading.cell(source, ColumnField.CUSTOMER_NAME))
    if not name or len(name) > _LONGEST_NAME:
        _refuse(reading, source, ColumnField.CUSTOMER_NAME, "name_missing", _l("The row names no customer."))
    for field in (ColumnField.CUSTOMER_NAME, *_WANTS, *_NOTES, ColumnField.SOURCE, ColumnField.REP):
        _check_text(reading, source, field)
    phones = _read_phones(reading, source)
    visited_on = read_day(reading, source, ColumnField.VISITED_ON)
    if len(reading.errors) > errors_before:
        return None
    source_word = cells.read_text(reading.cell(source, ColumnField.SOURCE))
    found = read_source(source_word)
    note = _join(reading, source, _NOTES)
    if found is Source.OTHER:
        note = f"{note}；{source_word}".strip("；")
    return CustomerRow(
        line=source.line,
        name=name,
        phones=phones,
        source=found,
        rep=cells.read_text(reading.cell(source, ColumnField.REP)),
        visited_on=visited_on,
        wants=_join(reading, source, _WANTS),
        note=note,
    )


def _read_phones(reading: Reading, source: TableRow) -> tuple[str, ...]:
    phones: dict[str, None] = {}
    for field in _PHONES:
        for text in split_phones(cells.read_text(reading.cell(source, field)).removesuffix(".0")):
            try:
                phones[normalise_phone(text)] = None
            except PhoneInvalid as error:
                _refuse(reading, source, field, "phone_invalid", error.message, mask_phone(text))
    if not phones and not any(reading.cell(source, field) for field in _PHONES):
        message = _l("The row states no phone; without one a customer cannot be told from another.")
        _refuse(reading, source, ColumnField.MOBILE, "phone_missing", message)
    return tuple(phones)


def _check_text(reading: Reading, source: TableRow, field: ColumnField) -> None:
    text = reading.cell(source, field)
    if cells.is_formula(text):
        reading.refuse(source, "formula", field)
    elif cells.has_control_characters(text):
        reading.refuse(source, "characters", field)
    elif len(text) > _LONGEST_TEXT:
        reading.refuse(source, "text_too_long", field)


def _refuse(
    reading: Reading, source: TableRow, field: ColumnField, code: str, message: object, shown: str = ""
) -> None:
    """Reject a row without repeating a phone in the message."""
    text = message if isinstance(message, LazyString) else str(message)
    reading.errors.append(RowError(source.line, reading.column_name(field), shown, code, text))


def _join(reading: Reading, source: TableRow, fields: Sequence[ColumnField]) -> str:
    """What several columns say, each with the word of its header, but remarks as they are."""
    parts = []
    for field in fields:
        text = cells.read_text(reading.cell(source, field))
        if text:
            parts.append(text if field is ColumnField.REMARK else f"{reading.column_name(field)}：{text}")
    return "；".join(parts)


def _compare(row: CustomerRow, book: CustomerBook, today: dt.date) -> CustomerPlanRow:
    known = next((book.customers[phone] for phone in row.phones if phone in book.customers), None)
    if known is not None:
        return CustomerPlanRow(row, RowOutcome.UNCHANGED, customer_id=known)
    if row.visited_on is not None and row.visited_on > today:
        message = _l("The day of the visit, %(day)s, has not come yet.", day=row.visited_on.isoformat())
        error = RowError(row.line, "", row.visited_on.isoformat(), "day_in_future", message)
        return CustomerPlanRow(row, RowOutcome.REJECTED, error=error)
    reps = book.reps.get(row.rep, ()) if row.rep else ()
    if row.rep and len(reps) != 1:
        message = _l(
            "“%(name)s” is not the name of exactly one person who receives customers in this project.",
            name=row.rep,
        )
        error = RowError(row.line, "", row.rep, "rep_unknown", message)
        return CustomerPlanRow(row, RowOutcome.REJECTED, error=error)
    return CustomerPlanRow(row, RowOutcome.CREATED, rep_id=reps[0] if reps else None)


def _warn(row: CustomerRow) -> list[RowWarning]:
    warnings = []
    if not row.rep:
        message = _l("The row names no sales rep; nobody serves this customer yet.")
        warnings.append(RowWarning(row.line, "rep_missing", message))
    if row.visited_on is None:
        message = _l("The row states no day of a visit; only the customer is registered.")
        warnings.append(RowWarning(row.line, "day_missing", message))
    return warnings
