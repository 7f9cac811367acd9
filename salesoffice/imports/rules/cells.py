"""Reading single cells: numbers, money, days, short texts, the word for the state of a unit."""

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from salesoffice.core.money import round_fen
from salesoffice.imports.enums import StatusMeaning

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
_CENT = Decimal("0.01")
_LARGEST_NUMBER = Decimal(10) ** 12
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?")
_GROUPED_NUMBER = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,20})?")
_UNIT_WORD = re.compile(r"(?:元/㎡|元/m2|元/平方米|元|㎡|m2|平方米|平米|¥)")
_NOTHING = re.compile(r"[-—–/\\]*|无|空")
_WITHHELD = re.compile(r"[-—–/*＊]+|(?:暂?不公开|不公示|保密|待定|未定|面议|另议|暂无|一房一议)")
_SIGNED_NUMBER = re.compile(r"-[0-9]{1,4}(?:\.0)?(?:层|F)?")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_SERIAL_START = dt.date(1899, 12, 30)

_ON_SALE_WORDS = frozenset({"在售", "可售", "待售", "未售", "期房待售", "现房待售", "可销售"})
_SOLD_MARKS = (
    "已签",
    "备案",
    "初始登记",
    "已售",
    "已预订",
    "已认购",
    "认购",
    "网签",
    "已预售",
    "已销",
    "登记",
    "签约",
)
_NOT_SOLD_MARKS = ("未签", "未备案", "未登记", "未认购", "未网签", "未签约", "撤销", "注销")
_USAGE_WORDS = frozenset(
    [
        "住宅",
        "商业",
        "商铺",
        "办公",
        "商业办公",
        "商务公寓",
        "公寓",
        "酒店",
        "酒店式公寓",
        "车位",
        "车库",
        "仓库",
        "储藏室",
        "厂房",
        "研发用房",
        "别墅",
        "写字楼",
        "LOFT",
        "配套",
    ]
)


class NumberInvalid(ValueError):
    """The cell holds something that is not a number; never leaves the rules of imports."""


class NumberNegative(ValueError):
    """The cell holds a number below zero; never leaves the rules of imports."""


def is_formula(text: str) -> bool:
    """Whether a text would be run as a formula by a spreadsheet; dashes and numbers below zero are none."""
    if not text.startswith(FORMULA_MARKS):
        return False
    return not (_NOTHING.fullmatch(text) or _SIGNED_NUMBER.fullmatch(text))


def has_control_characters(text: str) -> bool:
    """Whether a text holds characters that cannot be seen (NUL, direction marks); databases refuse some of them."""
    return not text.isprintable() and _CONTROL.search(text) is not None


def read_number(text: str) -> Decimal | None:
    """A stated number, exactly as written; None for an empty cell, dashes and zero.

    Thousands separators, full-width digits and the words 元, ㎡ are understood.
    Raises NumberInvalid and NumberNegative.
    """
    if not _PLAIN_NUMBER.fullmatch(text):
        text = _clean_number(text)
    if not text:
        return None
    number = Decimal(text)
    if number < 0:
        raise NumberNegative
    if number >= _LARGEST_NUMBER:
        raise NumberInvalid
    return number or None


def _clean_number(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).lower().split())
    if _NOTHING.fullmatch(plain):
        return ""
    plain = _UNIT_WORD.sub("", plain)
    if _GROUPED_NUMBER.fullmatch(plain):
        return plain.replace(",", "")
    if not _PLAIN_NUMBER.fullmatch(plain):
        raise NumberInvalid
    return plain


def is_withheld(text: str) -> bool:
    """Whether a cell says that its figure is not told: dashes, stars, 不公开, 待定."""
    if not text or text[0].isdigit():
        return False
    return _WITHHELD.fullmatch("".join(_UNIT_WORD.sub("", text).split())) is not None


def round_area(number: Decimal) -> Decimal:
    """An area in m² with two decimals."""
    return number.quantize(_CENT, rounding=ROUND_HALF_UP)


def to_fen(number: Decimal) -> int:
    """Yuan as written → fen."""
    return round_fen(number * 100)


def is_exact(number: Decimal) -> bool:
    """Whether a number has no more than two decimals that count."""
    return number == number.quantize(_CENT, rounding=ROUND_HALF_UP)


def read_text(text: str) -> str:
    """A word with its inner spaces made single; dashes alone mean nothing."""
    word = " ".join(text.split())
    return "" if _NOTHING.fullmatch(word) else word


def read_day(text: str) -> dt.date | None:
    """A day as 2006-10-10, 2006/10/10, 2006年10月10日 or as the day number of a spreadsheet; None when it is none."""
    if _SERIAL.fullmatch(text):
        return _SERIAL_START + dt.timedelta(days=int(text.split(".", maxsplit=1)[0]))
    match = _DAY.match(text)
    if not match:
        return None
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def read_status(word: str) -> StatusMeaning:
    """What a status word means: 在售 on sale; signed, registered, filed or subscribed in any way sold; else unknown."""
    if word in _ON_SALE_WORDS:
        return StatusMeaning.ON_SALE
    if any(mark in word for mark in _NOT_SOLD_MARKS):
        return StatusMeaning.UNKNOWN
    if any(mark in word for mark in _SOLD_MARKS):
        return StatusMeaning.SOLD
    return StatusMeaning.UNKNOWN


def read_usage(word: str) -> str:
    """The usage when a remark is nothing but one (住宅, 商铺); else an empty text."""
    return word if word in _USAGE_WORDS else ""
