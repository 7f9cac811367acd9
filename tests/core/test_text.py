"""Masked texts, search keys and harmless cells."""

import pytest

from salesoffice.core.text import (
    mask_certificate,
    mask_name,
    mask_phone,
    neutralise_cell,
    normalise_search,
    pinyin_keys,
)


@pytest.mark.parametrize(("name", "masked"), [("张三", "张*"), ("欧阳小明", "欧*"), ("J", "J*"), ("", "")])
def test_mask_name_keeps_the_first_character(name: str, masked: str) -> None:
    result = mask_name(name)

    assert result == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800001234", "138****1234"),
        ("0755-82001234", "075****1234"),
        ("+85291230000", "+85****0000"),
        ("12345", "****45"),
        ("", ""),
    ],
)
def test_mask_phone_hides_the_middle(phone: str, masked: str) -> None:
    result = mask_phone(phone)

    assert result == masked


@pytest.mark.parametrize(
    ("number", "masked"), [("11010519491231002X", f"1{'*' * 16}X"), ("E12", "E*2"), ("12", "**"), ("", "")]
)
def test_mask_certificate_keeps_first_and_last(number: str, masked: str) -> None:
    result = mask_certificate(number)

    assert result == masked


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("张三", " zhangsan zs "),
        ("单伟", " danwei dw chanwei cw shanwei sw "),
        ("解放", " jiefang jf xiefang xf "),
        ("吕布", " lvbu lb lubu lyubu "),
        ("重庆长安置业公司", " chongqingchanganzhiyegongsi cqcazygs "),
        ("John Smith", " johnsmith j "),
        ("", ""),
    ],
)
def test_pinyin_keys_hold_every_reading(name: str, keys: str) -> None:
    result = pinyin_keys(name)

    assert result == keys


@pytest.mark.parametrize(
    ("name", "reading"), [("曾国", " zengguo "), ("仇英", " qiuying "), ("单立人", " slr ")]
)
def test_pinyin_keys_know_readings_of_surnames(name: str, reading: str) -> None:
    keys = pinyin_keys(name)

    assert reading in keys


def test_pinyin_keys_of_ambiguous_name_stay_short() -> None:
    keys = pinyin_keys("参差和着")

    assert len(keys) < 1500


def test_normalise_search_ignores_width_case_and_signs() -> None:
    key = normalise_search(" Ｚhang　San·138-0000 ")

    assert key == "zhangsan1380000"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_neutralise_cell_defuses_formulas(text: str) -> None:
    cell = neutralise_cell(text)

    assert cell == f"'{text}"


@pytest.mark.parametrize("text", ["", "张三", "3-1802", "1=1", "a@b.example"])
def test_neutralise_cell_leaves_plain_text(text: str) -> None:
    cell = neutralise_cell(text)

    assert cell == text
