"""Reads one workbook from standard input and writes its first filled sheet as JSON to standard output.

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


def find_sheet(workbook: CalamineWorkbook) -> CalamineSheet | None:
    """The first visible sheet that holds a cell."""
    for metadata in workbook.sheets_metadata:
        if metadata.visible == SheetVisibleEnum.Visible:
            sheet = workbook.get_sheet_by_name(metadata.name)
            if sheet.height:
                return sheet
    return None


def read_workbook(data: bytes, max_rows: int, max_columns: int) -> dict[str, object]:
    """`{"first_line", "rows"}`, or `{"refused": …}` naming the limit that is passed."""
    sheet = find_sheet(CalamineWorkbook.from_filelike(io.BytesIO(data)))
    if sheet is None:
        return {"refused": "empty"}
    if sheet.height > max_rows:
        return {"refused": "rows"}
    if sheet.width > max_columns:
        return {"refused": "columns"}
    first_line = sheet.start[0] + 1 if sheet.start else 1
    rows = [[write_cell(cell) for cell in row] for row in sheet.to_python()]
    return {"first_line": first_line, "rows": rows}


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
