"""The lines of a preview as the page shows them; the empty table to fill in; the table of all units."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import LazyString
from xlsxwriter import Workbook

from salesoffice.core.money import format_yuan
from salesoffice.imports.enums import ImportKind, PlanField, RowOutcome
from salesoffice.imports.queries import ExportRow, StoredPreview
from salesoffice.imports.rules.doubts import count_doubts, describe_doubt
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.enums import ReleaseState
from salesoffice.pricing.enums import PriceBasis

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORT_COLUMNS = (
    "楼栋", "单元", "楼层", "房号", "户型", "用途", "朝向", "建筑面积", "套内面积", "分摊面积",
    "建筑面积单价", "套内面积单价", "总价", "销售状况",
)  # fmt: skip
"""The header of the office's own table; every one of these words is understood by an import."""

EXPORT_EXTRAS = ("当前状态", "房源编码")
_EXAMPLE = (
    "3栋",
    "1单元",
    "18",
    "1802",
    "B2",
    "住宅",
    "南",
    "89.50",
    "71.20",
    "18.30",
    "",
    "",
    "2685000.00",
    "在售",
)
_NUMBER_COLUMNS = frozenset(range(7, 13))
_AREA_COLUMNS = (
    "楼栋",
    "单元",
    "楼层",
    "房号",
    "测绘建筑面积",
    "测绘套内建筑面积",
    "测绘分摊面积",
    "测绘单位",
    "测绘日期",
)
_AREA_EXAMPLE = ("3栋", "1单元", "18", "1802", "89.62", "71.31", "18.31", "房产测绘中心", "2026-11-23")
_CUSTOMER_COLUMNS = (
    "来访日期", "姓名", "需求面积", "年龄", "购买用途", "总价", "关注问题", "知道途径", "居住区域", "手机号", "固定电话",
    "职业", "需要户型", "备注", "销售员",
)  # fmt: skip
_CUSTOMER_EXAMPLE = (
    "2026-11-23", "张三", "90-110", "35", "自住", "300万", "学位", "朋友介绍", "本区", "138 0000 0000", "", "教师",
    "三房", "", "",
)  # fmt: skip
_TEMPLATES = {
    ImportKind.UNITS: (EXPORT_COLUMNS, _EXAMPLE),
    ImportKind.AREAS: (_AREA_COLUMNS, _AREA_EXAMPLE),
    ImportKind.CUSTOMERS: (_CUSTOMER_COLUMNS, _CUSTOMER_EXAMPLE),
}
TEMPLATE_NAMES: Mapping[ImportKind, str] = {
    ImportKind.UNITS: "房源导入模板",
    ImportKind.AREAS: "测绘面积导入模板",
    ImportKind.CUSTOMERS: "客户导入模板",
}


@dataclass(frozen=True)
class ChangeLine:
    """One changed field in words."""

    field: LazyString
    old: str
    new: str


@dataclass(frozen=True)
class DoubtLine:
    """A reason for doubt in words; `note` is what it says of the file as a whole."""

    code: str
    count: int
    is_rejected: bool
    title: str
    advice: str
    lines: tuple[int, ...]
    note: str


@dataclass(frozen=True)
class PreviewLine:
    """One row of the file with what becomes of it."""

    line: int
    label: str
    unit: str
    outcome: RowOutcome
    gross_area: Decimal | None
    total_amount: int | None
    status: str
    note: str
    changes: tuple[ChangeLine, ...]
    warnings: tuple[str, ...]
    errors: tuple[str, ...]

    def has(self, text: str) -> bool:
        """Tell whether a searched text is in the line."""
        found = (str(self.line), self.label, self.unit, self.status, *self.warnings, *self.errors)
        return any(text.casefold() in part.casefold() for part in found)


def build_lines(preview: StoredPreview) -> list[PreviewLine]:
    """Join the rows of a preview with their warnings and errors, in the order of the file."""
    warnings = _texts_by_line(preview.summary.get("warnings", []))
    errors = _texts_by_line(preview.summary.get("errors", []), with_cell=True)
    lines = [_build_line(row, warnings, errors) for row in preview.rows]
    planned = {line.line for line in lines}
    lines += [_build_unread(line, texts) for line, texts in errors.items() if line not in planned]
    return sorted(lines, key=lambda line: line.line)


def choose_lines(lines: Iterable[PreviewLine], show: str, q: str) -> list[PreviewLine]:
    """Return the lines of a tab (an outcome, `warnings`, or anything else for all) that hold a text."""
    outcomes = {outcome.value for outcome in RowOutcome}
    chosen = [
        line
        for line in lines
        if (show not in outcomes or line.outcome.value == show) and (show != "warnings" or line.warnings)
    ]
    return [line for line in chosen if line.has(q)] if q else chosen


def build_doubts(summary: Mapping[str, object]) -> list[DoubtLine]:
    """The reasons for doubt of a preview with their counts, in the language of the reader."""
    warnings, errors = (
        [(int(str(entry["line"])), str(entry["code"])) for entry in _list_entries(summary, name)]
        for name in ("warnings", "errors")
    )
    of_file = [entry for entry in _list_entries(summary, "warnings") if entry["line"] == 0]
    messages = {str(entry["code"]): str(entry["message"]) for entry in of_file}
    return [
        DoubtLine(
            doubt.code,
            doubt.count,
            doubt.is_rejected,
            *describe_doubt(doubt.code),
            tuple(line for line in doubt.lines if line),
            messages.get(doubt.code, ""),
        )
        for doubt in count_doubts(warnings, errors)
    ]


def build_template_xlsx(kind: ImportKind = ImportKind.UNITS) -> bytes:
    """Build the empty table to fill in: the header on the first sheet, an example on the second."""
    header, example = _TEMPLATES[kind]
    output = io.BytesIO()
    with Workbook(output, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
        for name, rows in ((str(TEMPLATE_NAMES[kind])[:2], ()), ("填写示例", (example,))):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(header) - 1, 13)
            sheet.write_row(0, 0, header, bold)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, row)
    return output.getvalue()


def build_units_xlsx(rows: Sequence[ExportRow]) -> bytes:
    """Build the table of all units; imported again it changes nothing."""
    output = io.BytesIO()
    with Workbook(
        output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
        figure = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("房源")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(EXPORT_COLUMNS) + 1, 13)
        sheet.write_row(0, 0, (*EXPORT_COLUMNS, *EXPORT_EXTRAS), bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(_export_cells(row)):
                if place in _NUMBER_COLUMNS and cell:
                    sheet.write_number(number, place, Decimal(cell), figure)
                else:
                    sheet.write_string(number, place, cell)
    return output.getvalue()


def build_units_csv(rows: Sequence[ExportRow]) -> bytes:
    """Build the same table as CSV in UTF-8 with a mark, as spreadsheet programs expect it."""
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    writer.writerow((*EXPORT_COLUMNS, *EXPORT_EXTRAS))
    writer.writerows([_guard(cell) for cell in _export_cells(row)] for row in rows)
    return output.getvalue().encode("utf-8-sig")


def _list_entries(summary: Mapping[str, object], name: str) -> list[dict[str, object]]:
    entries = summary.get(name, [])
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _texts_by_line(entries: object, *, with_cell: bool = False) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for entry in entries if isinstance(entries, list) else []:
        text = str(entry["message"])
        if with_cell and entry["column"] and entry["value"]:
            cell = _("%(column)s “%(value)s”", column=_name_field(entry["column"]), value=entry["value"])
            text = f"{cell}: {text}"
        found[entry["line"]] = (*found.get(entry["line"], ()), text)
    return found


def _name_field(column: str) -> str:
    return str(PlanField(column).label) if column in {field.value for field in PlanField} else column


def _build_line(
    row: Mapping[str, object],
    warnings: Mapping[int, tuple[str, ...]],
    errors: Mapping[int, tuple[str, ...]],
) -> PreviewLine:
    line, gross, total = row["line"], row["gross"], row["total"]
    number = line if isinstance(line, int) else 0
    changes = row["changes"] if isinstance(row["changes"], list) else []
    return PreviewLine(
        line=number,
        label=str(row["label"]),
        unit=str(row["unit"]),
        outcome=RowOutcome(str(row["outcome"])),
        gross_area=Decimal(str(gross)) if gross else None,
        total_amount=total if isinstance(total, int) else None,
        status=str(row["status"]),
        note=str(row.get("note", "")),
        changes=tuple(_build_change(PlanField(field), old, new) for field, old, new in changes),
        warnings=warnings.get(number, ()),
        errors=errors.get(number, ()),
    )


def _build_unread(line: int, errors: tuple[str, ...]) -> PreviewLine:
    return PreviewLine(line, "", "", RowOutcome.REJECTED, None, None, "", "", (), (), errors)


def _build_change(field: PlanField, old: str, new: str) -> ChangeLine:
    if field is PlanField.RELEASE_STATE:
        return ChangeLine(field.label, str(ReleaseState(old).label), str(ReleaseState(new).label))
    if field is PlanField.BASIS:
        shown = [str(PriceBasis(value).label) if value else "" for value in (old, new)]
        return ChangeLine(field.label, shown[0], shown[1])
    return ChangeLine(field.label, old, new)


def _export_cells(row: ExportRow) -> tuple[str, ...]:
    unit, price = row.unit, row.unit.price
    areas = (unit.gross_area, unit.inner_area, unit.shared_area)
    prices = (price.gross_price, price.inner_price, price.list_total_amount) if price else (None, None, None)
    return (
        unit.place.building,
        unit.place.section,
        unit.place.floor_label,
        unit.room_no,
        unit.unit_type,
        unit.usage,
        unit.orientation,
        *("" if area is None else f"{area:.2f}" for area in areas),
        *("" if fen is None else format_yuan(fen).replace(",", "") for fen in prices),
        unit.source_status,
        str(row.state.label),
        unit.code,
    )


def _guard(cell: str) -> str:
    """A text that a spreadsheet would run as a formula is written with a mark in front; floors like -1 are none."""
    is_number = cell.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) and not is_number else cell


TABS: tuple[tuple[str, LazyString], ...] = (
    ("", _l("All rows")),
    *((outcome.value, outcome.label) for outcome in RowOutcome),
    ("warnings", _l("With questions")),
)
