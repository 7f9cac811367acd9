"""The figures of an import as command, API and page show them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from salesoffice.core.errors import DomainError
from salesoffice.core.money import format_yuan
from salesoffice.core.text import mask_name, mask_phone
from salesoffice.imports.enums import (
    AREA_FIELDS,
    FINAL_FIELDS,
    PRICE_FIELDS,
    ImportKind,
    PlanField,
    RowOutcome,
)
from salesoffice.imports.rules.doubts import count_doubts, describe_doubt
from salesoffice.imports.rules.plan import Change, CustomerPlanRow, Plan, PlanRow
from salesoffice.imports.rules.results import ParsedFile, RowError, RowWarning
from salesoffice.imports.rules.survey import difference_of


@dataclass(frozen=True, slots=True)
class WarningLine:
    """A warning in words."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """Why a row, or the whole file (line 0), is refused, in words."""

    line: int
    column: str
    value: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class DoubtLine:
    """A reason for doubt with its count, in words; `lines` are the first ones."""

    code: str
    count: int
    is_rejected: bool
    title: str
    advice: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The object that `units import --json` prints: names and shapes are an interface."""

    file: str
    profile: str
    encoding: str
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    sum_gross_area: str
    sum_total_fen: int
    warnings: tuple[WarningLine, ...]
    errors: tuple[ErrorLine, ...]
    doubts: tuple[DoubtLine, ...] = ()
    kind: str = ImportKind.UNITS.value


def build_summary(
    file_name: str, parsed: ParsedFile, plan: Plan, notes: Sequence[RowWarning] = ()
) -> Summary:
    """Sum up a plan. Texts are in the language of the reader at this moment; `notes` are about the file as a whole."""
    refused = [row.error for row in plan.rows if row.error is not None]
    refused += [row.error for row in plan.customers if row.error is not None]
    errors = sorted((*parsed.errors, *refused), key=lambda error: error.line)
    warnings = sorted((*notes, *parsed.warnings, *plan.warnings), key=lambda warning: warning.line)
    return Summary(
        file=file_name,
        profile=parsed.profile.name,
        encoding=parsed.encoding,
        rows=parsed.row_count,
        created=plan.counts.get(RowOutcome.CREATED, 0),
        updated=plan.counts.get(RowOutcome.UPDATED, 0),
        unchanged=plan.counts.get(RowOutcome.UNCHANGED, 0),
        rejected=plan.rejected_count,
        sum_gross_area=f"{parsed.sum_gross_area:.2f}",
        sum_total_fen=parsed.sum_total_fen,
        warnings=tuple(WarningLine(item.line, item.code, str(item.message)) for item in warnings),
        errors=tuple(
            ErrorLine(item.line, item.column, item.value, item.code, str(item.message)) for item in errors
        ),
        doubts=_build_doubts(warnings, errors),
        kind=parsed.profile.kind.value,
    )


def build_refused_summary(file_name: str, refusal: DomainError) -> Summary:
    """The same object for a file that is refused as a whole: no rows, one error in line 0."""
    error = ErrorLine(0, "", "", refusal.code, str(refusal.message))
    return Summary(file_name, "", "", 0, 0, 0, 0, 0, "0.00", 0, (), (error,))


def describe_rows(plan: Plan) -> list[dict[str, object]]:
    """Every row of a plan as plain values, for the stored preview."""
    if plan.customers:
        return [_describe_customer(row) for row in plan.customers]
    return [_describe_row(row) for row in plan.rows]


def describe_summary(summary: Summary) -> dict[str, object]:
    """The summary as plain values."""
    return asdict(summary)


def _build_doubts(warnings: Sequence[RowWarning], errors: Sequence[RowError]) -> tuple[DoubtLine, ...]:
    counted = count_doubts(
        [(warning.line, warning.code) for warning in warnings], [(error.line, error.code) for error in errors]
    )
    return tuple(
        DoubtLine(doubt.code, doubt.count, doubt.is_rejected, *describe_doubt(doubt.code), doubt.lines)
        for doubt in counted
    )


def _describe_customer(row: CustomerPlanRow) -> dict[str, object]:
    """A customer with name and phones masked: the preview is kept."""
    source = row.row
    phones = " ".join(mask_phone(phone) for phone in source.phones)
    return {
        "line": source.line,
        "label": f"{mask_name(source.name)} {phones}",
        "outcome": row.outcome.value,
        "unit": "",
        "gross": None,
        "total": None,
        "status": source.rep,
        "changes": [],
        "note": source.visited_on.isoformat() if source.visited_on else "",
    }


def _describe_row(row: PlanRow) -> dict[str, object]:
    source = row.row
    found = difference_of(source, row.unit) if row.unit else None
    return {
        "line": source.line,
        "label": source.label,
        "outcome": row.outcome.value,
        "unit": row.code,
        "gross": None if (area := source.gross_area or source.final_gross) is None else str(area),
        "total": source.total_amount,
        "status": source.status_word,
        "changes": [[change.field.value, *_show(change)] for change in row.changes],
        "note": f"{found[0]:+.2f} m² ({found[1]:+.2f} %)" if found else "",
    }


def _show(change: Change) -> tuple[str, str]:
    return _show_value(change.field, change.old), _show_value(change.field, change.new)


def _show_value(field: PlanField, value: object) -> str:
    if value is None:
        return ""
    if field in AREA_FIELDS | FINAL_FIELDS and isinstance(value, Decimal):
        return f"{value:,.2f}"
    if field in PRICE_FIELDS and isinstance(value, int):
        return format_yuan(value)
    return str(value)
