"""Files of every kind and every damage: a table, or one clear refusal."""

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from salesoffice.core.errors import DomainError
from salesoffice.imports.enums import FileKind
from salesoffice.imports.rules import guess_profile, parse_rows, read_table
from salesoffice.imports.rules.refusals import MAX_FILE_BYTES

HEADER = "房号,建筑面积,总售价"
TEXT = f"{HEADER}\n1栋101,88.50,1000000.00\n"


def _build_workbook(rows: list[list[str | float]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


WORKBOOK = _build_workbook([["房号", "建筑面积", "总售价"], ["1栋101", 88.5, 1000000.0]])
MEMBERS = zipfile.ZipFile(io.BytesIO(WORKBOOK)).namelist()


def _repack(data: bytes, replaced: dict[str, bytes]) -> bytes:
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, replaced.get(name, source.read(name)))
    return target.getvalue()


def _refusal_of(data: bytes, name: str = "units.csv") -> str:
    with pytest.raises(DomainError) as refusal:
        read_table(data, name)
    assert str(refusal.value.message)
    assert refusal.value.status == 422
    return refusal.value.code


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("gbk"), "gbk"),
        (TEXT.replace("1栋", "㐀栋").encode("gb18030"), "gb18030"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace(",", "\t").encode(), "utf-8"),
    ],
)
def test_csv_is_read_in_its_encoding(data: bytes, encoding: str) -> None:
    table = read_table(data, "units.csv")

    assert (table.encoding, table.kind, table.header) == (
        encoding,
        FileKind.CSV,
        ("房号", "建筑面积", "总售价"),
    )
    assert [row.cells[1:] for row in table.rows] == [("88.50", "1000000.00")]


def test_csv_line_numbers_count_quoted_and_empty_lines() -> None:
    table = read_table(f'{HEADER}\n\n"1栋\n101",1,2\n1栋102,1,2'.encode(), "units.csv")

    assert [row.line for row in table.rows] == [3, 5]


def test_title_above_the_header_is_passed_over() -> None:
    table = read_table(f"价格表,,\n{TEXT}".encode(), "units.csv")

    assert (table.header[0], table.rows[0].line) == ("房号", 3)


def test_workbook_is_read_whatever_its_name() -> None:
    table = read_table(WORKBOOK, "units.csv")

    assert (table.kind, table.encoding) == (FileKind.XLSX, "")
    assert table.rows[0].cells == ("1栋101", "88.5", "1000000")
    assert table.rows[0].line == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n\n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (HEADER.encode(), "file_empty"),
        (TEXT.encode("utf-16"), "encoding_unknown"),
        (b"\xff\x81\xff,\xfe\xff\n1,2", "encoding_unknown"),
        ("房号,备注\n1栋101,住宅".encode()[:-1], "file_unreadable"),
        (TEXT.encode() + b"\x00", "file_unreadable"),
        (TEXT.encode() + b"\x01", "file_unreadable"),
        (f'{HEADER}\n"1栋101,1,2\n'.encode(), "file_unreadable"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "file_unreadable"),
        (WORKBOOK[: len(WORKBOOK) // 2], "file_unreadable"),
        (WORKBOOK[:4], "file_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "file_unreadable"),
        (b"a" * (MAX_FILE_BYTES + 1), "file_too_large"),
        (f"{HEADER}\n".encode() + b"1,2,3\n" * 100_000, "too_many_rows"),
        (b",".join([b"a"] * 201) + b"\n1", "too_many_columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unusable_file_is_refused_with_its_code(data: bytes, code: str) -> None:
    assert _refusal_of(data) == code


def test_text_that_calls_itself_a_workbook_is_refused() -> None:
    assert _refusal_of(TEXT.encode(), "units.xlsx") == "file_unreadable"


def test_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = _repack(WORKBOOK, {"xl/worksheets/sheet1.xml": b" " * (65 * 1024 * 1024)})

    code = _refusal_of(bomb, "bomb.xlsx")

    assert len(bomb) < 200_000
    assert code == "file_too_large"


def test_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = _repack(WORKBOOK, {"xl/worksheets/sheet1.xml": b" " * (65 * 1024 * 1024)})

    lying = bomb.replace((65 * 1024 * 1024).to_bytes(4, "little"), (1000).to_bytes(4, "little"))

    assert _refusal_of(lying, "bomb.xlsx") == "file_unreadable"


def test_cell_at_the_far_corner_is_refused_without_harm() -> None:
    sheet = zipfile.ZipFile(io.BytesIO(WORKBOOK)).read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'r="C2"', b'r="XFD1048576"').replace(b'<row r="2"', b'<row r="1048576"')

    assert _refusal_of(_repack(WORKBOOK, {"xl/worksheets/sheet1.xml": far}), "far.xlsx") == "file_unreadable"


def test_workbook_of_too_many_rows_is_refused() -> None:
    rows: list[list[str | float]] = [[f"1栋{number}", 1.0] for number in range(50_021)]

    assert _refusal_of(_build_workbook(rows), "long.xlsx") == "too_many_rows"


def test_workbook_without_cells_is_empty() -> None:
    assert _refusal_of(_build_workbook([]), "empty.xlsx") == "file_empty"


def _read_all(data: bytes, name: str) -> None:
    try:
        table = read_table(data, name)
        parsed = parse_rows(table, guess_profile(table.header), building="1栋")
    except DomainError:
        return
    assert parsed.row_count == len(parsed.rows) + parsed.rejected_count


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_random_bytes_give_a_table_or_a_refusal(data: bytes) -> None:
    _read_all(data, "units.csv")


@given(st.text(max_size=200))
@settings(deadline=None)
def test_random_text_below_a_header_gives_rows_or_a_refusal(text: str) -> None:
    _read_all(f"{HEADER}\n{text}".encode("utf-8", "ignore"), "units.csv")


@given(st.tuples(*[st.text(max_size=30)] * 3))
@settings(deadline=None)
def test_random_cells_are_read_or_rejected(cells: tuple[str, str, str]) -> None:
    quoted = ",".join('"' + cell.replace('"', "'") + '"' for cell in cells)

    _read_all(f"{HEADER}\n{quoted}\n".encode("utf-8", "ignore"), "units.csv")


_CHANGES = st.lists(st.tuples(st.integers(4, 10**6), st.integers(0, 255)), min_size=1, max_size=4)


def _change(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for position, value in changes:
        changed[position % len(changed)] = value
    return bytes(changed)


@given(st.sampled_from(MEMBERS), _CHANGES)
@settings(deadline=None, max_examples=40)
def test_workbook_with_a_changed_member_gives_a_table_or_a_refusal(
    name: str, changes: list[tuple[int, int]]
) -> None:
    member = zipfile.ZipFile(io.BytesIO(WORKBOOK)).read(name)

    _read_all(_repack(WORKBOOK, {name: _change(member, changes)}), "units.xlsx")


@given(_CHANGES)
@settings(deadline=None, max_examples=40)
def test_workbook_with_changed_bytes_gives_a_table_or_a_refusal(changes: list[tuple[int, int]]) -> None:
    _read_all(_change(WORKBOOK, changes), "units.xlsx")
