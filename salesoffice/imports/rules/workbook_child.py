"""Reads one workbook from standard input and writes its filled sheets as JSON to standard output.

Runs as a process of its own and imports nothing of the application: a damaged workbook can make the
reader ask for hundreds of gigabytes or panic, which ends the process it runs in. Arguments: the highest
number of rows, of columns, of bytes of memory and of seconds of processor time.
"""

import datetime as dt
import io
import json
import resource
import sys
from decimal import Decimal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

CellValue = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
MOST_SHEETS = 20


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """Let the system end this process before it harms the machine; some systems cannot limit memory."""
    limits = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
    )
    for kind, limit in limits:
        try:
            resource.setrlimit(kind, (limit, limit))
        except (OSError, ValueError):
            continue


def write_cell(value: CellValue) -> str:
    """A cell as text: numbers without exponent and without the noise of binary fractions, days as ISO."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return format(Decimal(f"{value:.15g}"), "f")
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)


def find_sheets(workbook: CalamineWorkbook) -> list[tuple[str, CalamineSheet]]:
    """The visible sheets that hold a cell, by name."""
    visible = [one.name for one in workbook.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
    sheets = [(name, workbook.get_sheet_by_name(name)) for name in visible[:MOST_SHEETS]]
    return [(name, sheet) for name, sheet in sheets if sheet.height]


def read_workbook(data: bytes, max_rows: int, max_columns: int) -> dict[str, object]:
    """`{"sheets": [[name, first line, rows], …]}`, or `{"refused": …}` naming the limit that the first sheet passes.

    All sheets together stay below the limit of rows: those beyond it come without rows.
    """
    found = find_sheets(CalamineWorkbook.from_filelike(io.BytesIO(data)))
    if not found:
        return {"refused": "empty"}
    first = found[0][1]
    if first.height > max_rows:
        return {"refused": "rows"}
    if first.width > max_columns:
        return {"refused": "columns"}
    sheets: list[list[object]] = []
    left = max_rows
    for name, sheet in found:
        left -= sheet.height
        is_read = left >= 0 and sheet.width <= max_columns
        rows = [[write_cell(cell) for cell in row] for row in sheet.to_python()] if is_read else []
        sheets.append([name, sheet.start[0] + 1 if sheet.start else 1, rows])
    return {"sheets": sheets}


def main() -> None:
    """Answer on standard output; any other end of the process means that the file cannot be read."""
    max_rows, max_columns, memory_bytes, cpu_seconds = (int(argument) for argument in sys.argv[1:5])
    limit_resources(memory_bytes, cpu_seconds)
    try:
        answer = read_workbook(sys.stdin.buffer.read(), max_rows, max_columns)
    except PasswordError:
        answer = {"refused": "password"}
    except (CalamineError, ValueError, OverflowError, ArithmeticError, OSError, MemoryError):
        answer = {"refused": "unreadable"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
