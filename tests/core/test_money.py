"""Money: rounding, shares, what people type and what papers print."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesoffice.core.money import (
    MAX_AMOUNT,
    AmountInvalid,
    AreaInvalid,
    format_yuan,
    parse_yuan,
    price_of,
    rate_of,
    round_down_to,
    round_fen,
    split,
    to_capitals,
    unit_price_of,
)

AMOUNTS = st.integers(min_value=0, max_value=10**13)
DIGITS = "零壹贰叁肆伍陆柒捌玖"

CAPITALS = {
    0: "人民币零元整",
    1: "人民币壹分",
    10: "人民币壹角",
    55: "人民币伍角伍分",
    10_00: "人民币壹拾元整",
    11_05: "人民币壹拾壹元零伍分",
    325_04: "人民币叁佰贰拾伍元零肆分",
    1_010_00: "人民币壹仟零壹拾元整",
    1_001_00: "人民币壹仟零壹元整",
    1_409_50: "人民币壹仟肆佰零玖元伍角",
    6_007_14: "人民币陆仟零柒元壹角肆分",
    10_000_00: "人民币壹万元整",
    16_409_02: "人民币壹万陆仟肆佰零玖元零贰分",
    100_005_00: "人民币壹拾万零伍元整",
    107_000_53: "人民币壹拾万柒仟元伍角叁分",
    1_000_500_00: "人民币壹佰万零伍佰元整",
    10_000_010_00: "人民币壹仟万零壹拾元整",
    100_000_000_00: "人民币壹亿元整",
    100_000_001_00: "人民币壹亿零壹元整",
    100_010_000_00: "人民币壹亿零壹万元整",
    300_002_300_29: "人民币叁亿零贰仟叁佰元贰角玖分",
    1_020_300_405_06: "人民币壹拾亿贰仟零叁拾万零肆佰零伍元零陆分",
    12_345_678_901_23: "人民币壹佰贰拾叁亿肆仟伍佰陆拾柒万捌仟玖佰零壹元贰角叁分",
    100_000_000_000_00: "人民币壹仟亿元整",
}


def read_capitals(text: str) -> int:
    """Read capitals back, digit by digit, without knowing how they are written."""
    total = group = digit = cents = 0
    for letter in text.removeprefix("人民币"):
        if letter in DIGITS:
            digit = DIGITS.index(letter)
        elif letter in "拾佰仟":
            group, digit = group + digit * {"拾": 10, "佰": 100, "仟": 1000}[letter], 0
        elif letter in "万亿":
            total, group, digit = total + (group + digit) * {"万": 10**4, "亿": 10**8}[letter], 0, 0
        elif letter == "元":
            total, group, digit = total + group + digit, 0, 0
        elif letter in "角分":
            cents, digit = cents + digit * {"角": 10, "分": 1}[letter], 0
    return total * 100 + cents


@pytest.mark.parametrize(("value", "fen"), [("0.5", 1), ("1.49", 1), ("2.5", 3), ("-0.5", -1), ("7", 7)])
def test_rounding_half_goes_up(value: str, fen: int) -> None:
    rounded = round_fen(Decimal(value))

    assert rounded == fen


def test_price_of_area_is_rounded_once() -> None:
    total = price_of(14_333_33, Decimal("87.65"))

    assert total == 1_256_316_37


def test_unit_price_of_total_has_two_decimals() -> None:
    unit_price = unit_price_of(1_000_000_00, Decimal("87.65"))

    assert unit_price == 11_409_01


@pytest.mark.parametrize("area", ["0", "-1.00"])
def test_unit_price_of_no_area_is_refused(area: str) -> None:
    with pytest.raises(AreaInvalid) as refusal:
        unit_price_of(1_00, Decimal(area))

    assert refusal.value.code == "area_invalid"


def test_rate_of_amount_is_exact() -> None:
    share = rate_of(1_234_567_89, Decimal("0.3"))

    assert share == 370_370_37


def test_split_gives_the_remainder_to_the_last_part() -> None:
    parts = split(1_000_00, 3)

    assert parts == (333_33, 333_33, 333_34)


def test_split_of_negative_amount_mirrors_the_positive_one() -> None:
    parts = split(-1_000_00, 3)

    assert parts == (-333_33, -333_33, -333_34)


def test_split_into_no_part_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one part"):
        split(1, 0)


@given(st.integers(min_value=-(10**13), max_value=10**13), st.integers(min_value=1, max_value=120))
def test_split_adds_up_to_the_whole(amount: int, parts: int) -> None:
    shares = split(amount, parts)

    assert sum(shares) == amount
    assert len(shares) == parts
    assert len(set(shares[:-1])) <= 1
    assert all(abs(shares[-1]) - abs(share) in range(parts) for share in shares)


@pytest.mark.parametrize(
    ("amount", "rounded"), [(1_009_999_99, 1_000_000_00), (10_000_00, 10_000_00), (9_999_99, 0)]
)
def test_rounding_down_to_ten_thousand_yuan(amount: int, rounded: int) -> None:
    result = round_down_to(amount, 10_000_00)

    assert result == rounded


@pytest.mark.parametrize(("amount", "step"), [(-1, 100), (1, 0)])
def test_rounding_down_negative_or_without_step_is_refused(amount: int, step: int) -> None:
    with pytest.raises(ValueError, match="rounded down"):
        round_down_to(amount, step)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 1_234_50),
        ("1234.5", 1_234_50),
        ("0", 0),
        ("007", 7_00),
        (" ¥ 88 ", 88_00),
        ("￥１，２３４．５０", 1_234_50),
        ("0.01", 1),
        ("12,345,678.90", 12_345_678_90),
        ("10000000000000", MAX_AMOUNT),
    ],
)
def test_parse_yuan_reads_what_people_type(text: str, fen: int) -> None:
    amount = parse_yuan(text)

    assert amount == fen


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "  ",
            "1.234",
            "-1",
            "+1",
            "1,23",
            "1,2345",
            ",100",
            "1.",
            ".5",
            "abc",
            "1 000",
            "1e5",
            "٣",
            "NaN",
            "--1",
        ),
        "10000000000000.01",
        "9" * 400,
    ],
)
def test_parse_yuan_refuses_junk(text: str) -> None:
    with pytest.raises(AmountInvalid) as refusal:
        parse_yuan(text)

    assert (refusal.value.code, refusal.value.status) == ("amount_invalid", 422)


def test_parse_yuan_reads_minus_where_it_is_wanted() -> None:
    amount = parse_yuan("-1,234.50", allow_negative=True)

    assert amount == -1_234_50


def test_parse_yuan_refuses_plus_even_where_minus_is_wanted() -> None:
    with pytest.raises(AmountInvalid):
        parse_yuan("+1", allow_negative=True)


@pytest.mark.parametrize(
    ("fen", "text"), [(1_234_50, "1,234.50"), (5, "0.05"), (0, "0.00"), (-100_000_01, "-100,000.01")]
)
def test_format_yuan_has_separators_and_two_decimals(fen: int, text: str) -> None:
    written = format_yuan(fen)

    assert written == text


@given(st.integers(min_value=-MAX_AMOUNT, max_value=MAX_AMOUNT))
def test_format_yuan_is_read_back(amount: int) -> None:
    read = parse_yuan(format_yuan(amount), allow_negative=True)

    assert read == amount


@pytest.mark.parametrize(("fen", "text"), CAPITALS.items())
def test_capitals_are_written_as_on_receipts(fen: int, text: str) -> None:
    written = to_capitals(fen)

    assert written == text


@given(AMOUNTS)
def test_capitals_are_read_back(amount: int) -> None:
    written = to_capitals(amount)

    assert read_capitals(written) == amount
    assert written.endswith("整") is (amount % 100 == 0)
    assert "零零" not in written


@pytest.mark.parametrize("fen", [-1, 10**15])
def test_capitals_out_of_range_are_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="from zero"):
        to_capitals(fen)
