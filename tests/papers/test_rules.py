"""Data of papers as text, its hash, and how two editions differ."""

import pytest

from salesoffice.core.errors import InvalidInput
from salesoffice.papers.enums import BINDING_KINDS, BLOCKING_KINDS, PaperKind
from salesoffice.papers.rules import (
    BINDING_FIELDS,
    Difference,
    Value,
    compare_fields,
    digest_of,
    dump_fields,
    load_fields,
    load_title,
    split_clauses,
)

BUYER = {"name": "张甲", "certificate_no": "1****1", "phone": "138****1234"}


def test_data_is_the_same_text_whatever_the_order() -> None:
    first = dump_fields("认购书", {"unit_code": "1-101", "buyers": [BUYER]})
    second = dump_fields("认购书", {"buyers": [dict(reversed(BUYER.items()))], "unit_code": "1-101"})

    assert first == second
    assert (load_title(first), load_fields(first)) == ("认购书", {"buyers": [BUYER], "unit_code": "1-101"})


def test_digest_is_sha256_of_the_utf8_text() -> None:
    assert digest_of("认购书") == "3843fdd69c3381843f534dccbccbb09e27a2ceef84ca9cec19417113de3c7bbd"


def test_price_and_name_differ_field_by_field() -> None:
    old: dict[str, Value] = {"total_amount": "900,000.00", "buyers": [BUYER]}
    new: dict[str, Value] = {"total_amount": "880,000.00", "buyers": [BUYER | {"name": "李乙"}]}

    found = compare_fields(PaperKind.SUBSCRIPTION, old, new)

    assert found == (
        Difference("buyers.name", 1, "张甲", "李乙"),
        Difference("total_amount", 0, "900,000.00", "880,000.00"),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"sign_by": "2026-06-01"}, {"sign_by": "2026-06-15"}),
        ({"buyers": [BUYER]}, {"buyers": [BUYER | {"phone": "139****0000"}]}),
        ({"project_address": "一路"}, {"project_address": "二路"}),
    ],
    ids=["extension", "telephone", "address"],
)
def test_what_does_not_bind_makes_no_difference(old: dict[str, Value], new: dict[str, Value]) -> None:
    assert compare_fields(PaperKind.SUBSCRIPTION, old, new) == ()


def test_rows_added_and_taken_away_differ() -> None:
    row = {"due_on": "2026-06-01", "due_amount": "100.00"}

    added = compare_fields(PaperKind.CONTRACT_SHEET, {"instalments": []}, {"instalments": [row]})
    taken = compare_fields(PaperKind.SUPPLEMENT, {"clauses": ["一", "二"]}, {"clauses": ["一"]})

    assert added == (
        Difference("instalments.due_amount", 1, "", "100.00"),
        Difference("instalments.due_on", 1, "", "2026-06-01"),
    )
    assert taken == (Difference("clauses", 2, "二", ""),)


def test_kinds_that_bind_are_compared_and_block_a_stage() -> None:
    blocking = frozenset[PaperKind]().union(*BLOCKING_KINDS.values())

    assert frozenset(BINDING_FIELDS) == BINDING_KINDS == blocking
    assert compare_fields(PaperKind.NOTICE, {"unit_code": "1"}, {"unit_code": "2"}) == ()


def test_clauses_are_lines_with_words() -> None:
    assert split_clauses(" 一、交房 \n\n  \n二、付款\n") == ("一、交房", "二、付款")


@pytest.mark.parametrize("text", ["条款\n" * 61, "字" * 12_001], ids=["many", "long"])
def test_too_many_clauses_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        split_clauses(text)

    assert refused.value.code == "clauses_invalid"
