"""JSON as input: the same rows as from a table, and hostile files are refused before they cost anything."""

import json
import time

import pytest

from salesoffice.core.errors import DomainError
from salesoffice.imports.enums import FileKind
from salesoffice.imports.rules import guess_profile, parse_rows, read_table
from salesoffice.imports.rules.objects import MAX_JSON_BYTES
from salesoffice.imports.rules.registers import HEADER

ROW = {
    "building": "1栋",
    "floor": 3,
    "room": "301",
    "gross_area": 88.5,
    "total": "885000.10",
    "status": "在售",
}


def _refusal_of(data: bytes) -> str:
    with pytest.raises(DomainError) as refusal:
        read_table(data, "units.json")
    return refusal.value.code


@pytest.mark.parametrize("content", [[ROW], {"units": [ROW]}, {"project": "甲", "units": [ROW]}])
def test_objects_are_read_like_a_table(content: object) -> None:
    table = read_table(json.dumps(content, ensure_ascii=False).encode(), "units.json")

    row = parse_rows(table, guess_profile(table.header)).rows[0]
    assert (table.kind, table.header) == (FileKind.JSON, tuple(ROW))
    assert (row.building, row.floor_number, row.room_no, str(row.gross_area), row.total_amount) == (
        "1栋", 3, "301", "88.50", 88_500_010,
    )  # fmt: skip


def test_objects_may_leave_keys_out() -> None:
    data = json.dumps([{"room": "1栋101"}, {"room": "1栋102", "total": None, "status": True}]).encode()

    table = read_table(data, "units.json")

    assert [row.cells for row in table.rows] == [("1栋101", "", ""), ("1栋102", "", "true")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[" * 100_000, "file_unreadable"),
        (b'[{"room":' * 100_000, "file_unreadable"),
        (b'[{"room":{"a":{"b":1}}}]', "file_unreadable"),
        (b'[{"room":["1"]}]', "file_unreadable"),
        (b'[{"room":"1","room":"2"}]', "file_unreadable"),
        (b'[{"room":NaN}]', "file_unreadable"),
        (b'[{"room":"1"}', "file_unreadable"),
        (b'[{"room":"1"},2]', "file_unreadable"),
        (b"[]", "file_empty"),
        (b'{"a":[{}],"b":[{}]}', "file_empty"),
        (b"[" + b"{}," * 60_000 + b"{}]", "too_many_rows"),
        (b'[{"room":"' + b"1" * MAX_JSON_BYTES + b'"}]', "file_too_large"),
        (json.dumps([{str(number): "1" for number in range(201)}]).encode(), "too_many_columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_objects_that_are_no_table_are_refused(data: bytes, code: str) -> None:
    assert _refusal_of(data) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("房号,总价\n".encode() + b"," * (19 * 1024 * 1024), "file_unreadable"),
        ("房号,总价\n".encode() + b"\n" * (19 * 1024 * 1024), "too_many_rows"),
        (b"[" + b"1," * (3 * 1024 * 1024) + b"1]", "file_unreadable"),
        (
            "项目楼栋情况,1栋,座号,A,合同号,--,拟售价格,--,楼层,1,房号,101,用途,住宅,".encode("gbk") * 20_000,
            "file_unreadable",
        ),
    ],
    ids=["one line of commas", "empty lines", "numbers", "one record"],
)
def test_hostile_texts_cost_little_and_are_refused(data: bytes, code: str) -> None:
    started = time.process_time()

    refused = _refusal_of(data)

    assert refused == code
    assert time.process_time() - started < 4


def test_register_of_too_many_records_is_refused() -> None:
    record = ",".join(f"{label},{number}" for number, label in enumerate(HEADER[:12])).encode("gbk") + b"\r\n"

    assert _refusal_of(record * 50_002) == "too_many_rows"
