"""Text that is shown, searched or written to sheets: masking, pinyin, cells."""

import unicodedata

from pypinyin import Style, pinyin

_MAX_READINGS = 64
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UMLAUT_SPELLINGS = ("v", "u", "yu")


def mask_name(name: str) -> str:
    """Keep the first character of a name and hide the rest and its length: 张*."""
    return f"{name[0]}*" if name else ""


def mask_phone(phone: str) -> str:
    """Keep the first three and the last four characters of a phone number: 138****1234.

    Of a number of fewer than eight characters only the last two are kept.
    """
    if len(phone) < 8:
        return f"****{phone[-2:]}" if phone else ""
    return f"{phone[:3]}****{phone[-4:]}"


def mask_certificate(number: str) -> str:
    """Keep the first and the last character of a certificate number; hide all of a very short one."""
    if len(number) < 3:
        return "*" * len(number)
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}"


def normalise_search(text: str) -> str:
    """Bring typed search text into the form of the stored keys: half width, lower case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def pinyin_keys(name: str) -> str:
    """Return every reading of a name as search keys between single spaces.

    Each reading gives the full pinyin and the initials: 单伟 → ` danwei dw shanwei sw … `. The text begins
    and ends with a space, so `LIKE '% sw%'` finds beginnings and `LIKE '%wei%'` any part. ü is spelt v, u
    and yu. Very long names keep the alternatives of their first characters only.
    """
    plain = normalise_search(name)
    readings: list[tuple[str, str]] = [("", "")]
    for character in plain:
        syllables = _spellings(character)
        if len(readings) * len(syllables) > _MAX_READINGS:
            syllables = syllables[:1]
        readings = [(full + part, short + part[:1]) for full, short in readings for part in syllables]
    keys = dict.fromkeys(key for reading in readings for key in reading if key)
    return f" {' '.join(keys)} " if keys else ""


def neutralise_cell(text: str) -> str:
    """Make text harmless for spreadsheets: what would be read as a formula gets a leading apostrophe."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _spellings(character: str) -> list[str]:
    """Every reading of one character; it is asked alone, because inside a known word only one is given."""
    if character.isascii():
        return [character]
    readings = [*pinyin(character, style=Style.NORMAL, heteronym=True)[0]]
    spelt = [reading.replace("v", letter) for reading in readings for letter in _UMLAUT_SPELLINGS]
    return list(dict.fromkeys(spelt))
