"""From the bytes of an uploaded file to a table of texts."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from salesoffice.core.errors import DomainError
from salesoffice.imports.enums import FileKind
from salesoffice.imports.rules.encoding import decode_text
from salesoffice.imports.rules.objects import looks_like_objects, read_objects
from salesoffice.imports.rules.profiles import is_known_header
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
from salesoffice.imports.rules.registers import is_register, read_register
from salesoffice.imports.rules.workbook import COMPOUND_MARK, ZIP_MARK, Sheet, read_workbook

_DELIMITERS = (",", "\t", ";")
_TITLE_CELLS = 1  # a row with a single filled cell above the header is a title
_MOST_LINES = 4 * MAX_ROWS
_LONGEST_LINE = 256 * 1024


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its 1-based line in the file and its cells as text, stripped."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the filled rows below it. `encoding` is empty for workbooks.

    `unread_sheets` are the sheets of a workbook that hold rows and were passed over.
    """

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    encoding: str
    kind: FileKind
    unread_sheets: tuple[str, ...] = ()

    @property
    def content_hash(self) -> str:
        """What the table says, whatever its file format and encoding."""
        digest = hashlib.sha256("\x1f".join(self.header).encode())
        for row in self.rows:
            digest.update(("\x1e" + "\x1f".join(row.cells).rstrip("\x1f")).encode())
        return digest.hexdigest()


def read_table(data: bytes, file_name: str) -> Table:
    """Read a CSV (UTF-8, GBK, GB18030), XLSX, XLS or JSON file, or a register; the content decides, not the name.

    Every way of being unreadable is a DomainError: `file_empty`, `file_too_large`, `file_unreadable`,
    `file_protected`, `encoding_unknown`, `too_many_rows`, `too_many_columns`. Empty rows are left out.
    """
    if not data.strip():
        raise build_empty()
    if len(data) > MAX_FILE_BYTES:
        raise build_too_large(MAX_FILE_BYTES)
    if data.startswith((ZIP_MARK, COMPOUND_MARK)):
        return _build_from_sheets(read_workbook(data), data)
    if PurePath(file_name).suffix.lower() in {".xlsx", ".xls"}:
        raise build_unreadable()
    text, encoding = decode_text(data)
    if looks_like_objects(text):
        return _build_table(read_objects(text), encoding, FileKind.JSON)
    if text.count("\n") > _MOST_LINES:
        raise build_too_many_rows()
    if max(map(len, text.split("\n"))) > _LONGEST_LINE:
        raise build_unreadable()
    if is_register(text.lstrip().split("\n", 1)[0]):
        return _build_table(read_register(text), encoding, FileKind.CSV)
    return _build_table(_read_csv(text), encoding, FileKind.CSV)


def _build_from_sheets(sheets: Sequence[Sheet], data: bytes) -> Table:
    """The first sheet with a header that is known, else the first one with rows; the names of the others are kept."""
    kind = FileKind.XLSX if data.startswith(ZIP_MARK) else FileKind.XLS
    offered = [sheet for sheet in sheets if not _is_explanation(sheet.name)]
    tables = [(sheet.name, table) for sheet in offered if (table := _find_table(sheet, kind))]
    if not tables:
        raise build_empty()
    known = [(name, table) for name, table in tables if is_known_header(table.header)]
    chosen, table = (known or tables)[0]
    unread = tuple(sheet.name for sheet in offered if sheet.name != chosen)
    return Table(table.header, table.rows, "", kind, unread)


def _find_table(sheet: Sheet, kind: FileKind) -> Table | None:
    try:
        return _build_table(enumerate(sheet.rows, start=sheet.first_line), "", kind)
    except DomainError as error:
        if error.code == "file_empty":
            return None
        raise


def _is_explanation(name: str) -> bool:
    return any(word in name for word in ("示例", "说明", "样例"))


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
