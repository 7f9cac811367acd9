"""Money: integer fen everywhere, rounded in one place, and the ways people write it."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError

FEN_PER_YUAN = 100
MAX_AMOUNT = 10**15
"""No amount typed in may be larger (fen); far below what a 64-bit column holds."""

_YUAN = re.compile(r"(?P<sign>[+-]?)(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<fen>[0-9]{1,2}))?")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_FULL_GROUP = 1000
"""From here on a group of four digits has no leading zero."""
_PLACES = (("仟", 1000), ("佰", 100), ("拾", 10), ("", 1))


class AmountInvalid(DomainError):
    """The text is not an amount of money in yuan."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message, code="amount_invalid", status=422)


class AreaInvalid(DomainError):
    """An area must be larger than zero to have a unit price."""

    def __init__(self, area: Decimal) -> None:
        message = _l("The area must be larger than zero.")
        super().__init__(message, code="area_invalid", status=422, area=area)


def round_fen(value: Decimal) -> int:
    """Round an exact number of fen half up, away from zero; the only place where money is rounded."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def price_of(unit_price_fen: int, area: Decimal) -> int:
    """Return the total in fen for a price in fen per m² and an area in m²."""
    return round_fen(unit_price_fen * area)


def unit_price_of(total_fen: int, area: Decimal) -> int:
    """Return the price in fen per m² of a total; refuses an area of zero or less with AreaInvalid."""
    if area <= 0:
        raise AreaInvalid(area)
    return round_fen(total_fen / area)


def rate_of(amount: int, rate: Decimal) -> int:
    """Return a share of an amount in fen; `rate` 0.30 is thirty per cent."""
    return round_fen(amount * rate)


def split(amount: int, parts: int) -> tuple[int, ...]:
    """Split an amount into equal parts of whole fen that add up to it; the last part takes the remainder."""
    if parts < 1:
        raise ValueError("an amount is split into at least one part")
    share = abs(amount) // parts * (1 if amount >= 0 else -1)
    return (share,) * (parts - 1) + (amount - share * (parts - 1),)


def round_down_to(amount: int, step: int) -> int:
    """Return the largest multiple of `step` that is not above a non-negative amount (both fen)."""
    if amount < 0 or step < 1:
        raise ValueError("only a non-negative amount is rounded down, to a step of at least one fen")
    return amount - amount % step


def parse_yuan(text: str, *, allow_negative: bool = False) -> int:
    """Read an amount in yuan as people type it and return fen.

    Accepts thousands separators in the right places, a leading yuan sign, full-width characters and up to
    two decimals. Refuses anything else with AmountInvalid, a minus sign unless `allow_negative`.
    """
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("¥").strip()
    if not plain:
        raise AmountInvalid(_l("Enter an amount in yuan."))
    found = _YUAN.fullmatch(plain)
    if found is None:
        raise AmountInvalid(_l("Write the amount in yuan like 1,234.50, with at most two decimals."))
    if found["sign"] and not (allow_negative and found["sign"] == "-"):
        raise AmountInvalid(_l("Write the amount without a sign."))
    digits = found["yuan"].replace(",", "") + (found["fen"] or "").ljust(2, "0")
    if len(digits.lstrip("0")) > len(str(MAX_AMOUNT)) or int(digits) > MAX_AMOUNT:
        raise AmountInvalid(_l("This amount is too large."))
    return -int(digits) if found["sign"] else int(digits)


def format_yuan(fen: int) -> str:
    """Write fen as yuan with thousands separators and two decimals: `1,234.50`."""
    yuan, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def to_capitals(fen: int) -> str:
    """Write an amount in Chinese capitals (人民币大写) as receipts and agreements carry it.

    Refuses a negative amount, and one of ten trillion yuan or more, with ValueError.
    """
    if not 0 <= fen < 10**15:
        raise ValueError("capitals are written for amounts from zero to below ten trillion yuan")
    yuan, cents = divmod(fen, FEN_PER_YUAN)
    jiao, odd = divmod(cents, 10)
    whole = _whole_capitals(yuan)
    text = f"{whole}元" if whole else ""
    if not cents:
        return f"人民币{text or '零元'}整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif text:
        text += "零"
    return f"人民币{text}{_DIGITS[odd] + '分' if odd else ''}"


def _whole_capitals(yuan: int) -> str:
    """Write whole yuan; one zero stands for any run of zeros inside the number."""
    text = ""
    is_gap = False
    for unit, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        group = yuan // size % 10**4 if size < 10**8 else yuan // size
        if group:
            text += ("零" if text and (is_gap or group < _FULL_GROUP) else "") + _group_capitals(group) + unit
        is_gap = not group
    return text


def _group_capitals(group: int) -> str:
    text = ""
    is_gap = False
    for unit, size in _PLACES:
        digit = group // size % 10
        if digit:
            text += ("零" if text and is_gap else "") + _DIGITS[digit] + unit
        is_gap = not digit
    return text
