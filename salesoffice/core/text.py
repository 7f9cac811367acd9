"""Text that is shown, searched, sorted or written to sheets: masking, pinyin, natural order, cells."""

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, pinyin

_DIGITS = re.compile(r"([0-9]+)")
_SHORTEST_PHONE = 8
_SHORTEST_CERTIFICATE = 3
_ALL_READINGS_UP_TO = 4
_MAX_READINGS = 64
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UMLAUT_SPELLINGS = ("v", "u", "yu")
_CHINESE_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")}


def mask_name(name: str) -> str:
    """Keep the first character of a name and hide the rest and its length: 张*."""
    return f"{name[0]}*" if name else ""


def mask_phone(phone: str) -> str:
    """Keep the first three and the last four characters of a phone number: 138****1234.

    Of a number of fewer than eight characters only the last two are kept.
    """
    if len(phone) < _SHORTEST_PHONE:
        return f"****{phone[-2:]}" if phone else ""
    return f"{phone[:3]}****{phone[-4:]}"


def mask_certificate(number: str) -> str:
    """Keep the first and the last character of a certificate number; hide all of a very short one."""
    if len(number) < _SHORTEST_CERTIFICATE:
        return "*" * len(number)
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}"


def normalise_search(text: str) -> str:
    """Bring typed search text into the form of the stored keys: half width, lower case, letters and digits only."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum())


def pinyin_keys(name: str) -> str:
    """Return the readings of a name as search keys between single spaces.

    Each reading gives the full pinyin and the initials: 单伟 → ` danwei dw chanwei cw shanwei sw `. The text
    begins and ends with a space, so `LIKE '% sw%'` finds beginnings and `LIKE '%wei%'` any part. ü is spelt
    v, u and yu. A name of up to four characters has all readings of each (at most 64, some 1,300
    characters), a longer one, such as a company's, the usual reading of its words.
    """
    plain = normalise_search(name)
    words = [part[0] for part in pinyin(plain, style=Style.NORMAL)]
    readings = [
        (
            "".join(words),
            "".join(part if part.isdigit() else part[:1] for part in words),
        )
    ]
    if len(plain) <= _ALL_READINGS_UP_TO:
        readings += _all_readings(plain)
    keys = dict.fromkeys(key for reading in readings for key in reading if key)
    return f" {' '.join(keys)} " if keys else ""


def neutralise_cell(text: str) -> str:
    """Make text harmless for spreadsheets: what would be read as a formula gets a leading apostrophe."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


@lru_cache(maxsize=8192)
def natural_key(name: str) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    """Return a sorting key that puts 2栋 before 10栋, A before A2, numbers before words and a missing name last."""
    parts = [part for part in _DIGITS.split(name) if part]
    return not parts, tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def read_numeral(text: str) -> int | None:
    """`3`, `03`, `三`, `二十六` as a number; None where it is none."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    tens, found, ones = text.partition("十")
    if not found:
        return _CHINESE_DIGITS.get(text)
    high = _CHINESE_DIGITS.get(tens, 1 if not tens else None)
    low = _CHINESE_DIGITS.get(ones, 0 if not ones else None)
    return None if high is None or low is None else high * 10 + low


def _all_readings(plain: str) -> list[tuple[str, str]]:
    readings = [("", "")]
    for character in plain:
        syllables = _spellings(character)
        if len(readings) * len(syllables) > _MAX_READINGS:
            syllables = syllables[:1]
        readings = [(full + part, short + part[:1]) for full, short in readings for part in syllables]
    return readings


def _spellings(character: str) -> list[str]:
    """Every reading of one character; it is asked alone, because inside a known word only one is given."""
    if character.isascii():
        return [character]
    readings = [*pinyin(character, style=Style.NORMAL, heteronym=True)[0]]
    spelt = [reading.replace("v", letter) for reading in readings for letter in _UMLAUT_SPELLINGS]
    return list(dict.fromkeys(spelt))
