"""From the bytes of an uploaded file to a table of texts."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from salesoffice.imports.enums import FileKind
from salesoffice.imports.rules.encoding import decode_text
from salesoffice.imports.rules.refusals import (
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_ROWS,
    build_empty,
    build_too_large,
    build_too_many_columns,
    build_too_many_rows,
    build_unreadable,
)
from salesoffice.imports.rules.workbook import COMPOUND_MARK, ZIP_MARK, read_workbook_rows

_DELIMITERS = (",", "\t", ";")
_TITLE_CELLS = 1  # a row with a single filled cell above the header is a title


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its 1-based line in the file and its cells as text, stripped."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the filled rows below it. `encoding` is empty for workbooks."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    encoding: str
    kind: FileKind


def read_table(data: bytes, file_name: str) -> Table:
    """Read a CSV (UTF-8, GBK, GB18030), XLSX or XLS file; the content decides, not the name.

    Every way of being unreadable is a DomainError: `file_empty`, `file_too_large`, `file_unreadable`,
    `file_protected`, `encoding_unknown`, `too_many_rows`, `too_many_columns`. Empty rows are left out.
    """
    if not data.strip():
        raise build_empty()
    if len(data) > MAX_FILE_BYTES:
        raise build_too_large(MAX_FILE_BYTES)
    if data.startswith((ZIP_MARK, COMPOUND_MARK)):
        first_line, cells = read_workbook_rows(data)
        kind = FileKind.XLSX if data.startswith(ZIP_MARK) else FileKind.XLS
        return _build_table(enumerate(cells, start=first_line), "", kind)
    if PurePath(file_name).suffix.lower() in {".xlsx", ".xls"}:
        raise build_unreadable()
    text, encoding = decode_text(data)
    return _build_table(_read_csv(text), encoding, FileKind.CSV)


def _read_csv(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    first_line = text.lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise build_unreadable() from error


def _build_table(numbered: Iterable[tuple[int, Sequence[str]]], encoding: str, kind: FileKind) -> Table:
    header: tuple[str, ...] = ()
    rows: list[TableRow] = []
    for line, cells in numbered:
        stripped = tuple([cell.strip() for cell in cells])
        filled = sum(map(bool, stripped))
        if not filled:
            continue
        if len(stripped) > MAX_COLUMNS:
            raise build_too_many_columns()
        if header:
            rows.append(TableRow(line, stripped))
            if len(rows) > MAX_ROWS:
                raise build_too_many_rows()
        elif filled > _TITLE_CELLS or len(stripped) == 1:
            header = _trim(stripped)
    if not rows:
        raise build_empty()
    return Table(header, tuple(rows), encoding, kind)


def _trim(cells: tuple[str, ...]) -> tuple[str, ...]:
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]
