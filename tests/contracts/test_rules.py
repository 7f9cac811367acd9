"""The second entry of a contract's critical fields."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesoffice.contracts.rules import CriticalFields, Difference, differences

FIRST = CriticalFields(
    customer_name="阿依·Lin",
    certificate_no="11010519491231002X",
    unit_code="3-1-1802",
    gross_area=Decimal("89.90"),
    total_amount=1_256_316_37,
    signed_on=date(2026, 11, 23),
)


def test_differences_of_equal_entries_are_none() -> None:
    found = differences(FIRST, replace(FIRST))

    assert found == ()


def test_differences_do_not_count_width_case_spaces_and_signs() -> None:
    second = CriticalFields(
        customer_name=" 阿依•ＬＩＮ ",
        certificate_no="110105 19491231 002x",
        unit_code="３－１–1802",
        gross_area=Decimal("89.9"),
        total_amount=1_256_316_37,
        signed_on=date(2026, 11, 23),
    )

    found = differences(FIRST, second)

    assert found == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer_name", "阿衣·Lin"),
        ("certificate_no", "110105194912310021"),
        ("unit_code", "3-1-1803"),
        ("gross_area", Decimal("89.91")),
        ("total_amount", 1_256_316_38),
        ("signed_on", date(2026, 11, 24)),
    ],
)
def test_differences_name_the_field_with_both_values(field: str, value: Any) -> None:
    second = replace(FIRST, **{field: value})

    found = differences(FIRST, second)

    assert found == (Difference(field, getattr(FIRST, field), value),)


def test_differences_come_in_the_order_of_the_fields() -> None:
    second = replace(FIRST, signed_on=date(2026, 11, 24), customer_name="王一")

    found = differences(FIRST, second)

    assert [difference.field for difference in found] == ["customer_name", "signed_on"]
