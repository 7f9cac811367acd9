"""From the bytes of a text file to its characters."""

import codecs
import re

from salesoffice.imports.rules.refusals import build_encoding_unknown, build_unreadable

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")
_LONGEST_CUT = 3  # a UTF-8 character has four bytes at most, so a cut leaves three at most


def decode_text(data: bytes) -> tuple[str, str]:
    """The text of `data` and the name of its encoding: `utf-8`, `utf-8-sig`, `gbk` or `gb18030`.

    Refused: NULs and other control characters and a last character cut in half (`file_unreadable`),
    any other encoding (`encoding_unknown`).
    """
    if data.startswith(_UTF16_MARKS):
        raise build_encoding_unknown()
    if b"\x00" in data:
        raise build_unreadable()
    text, encoding = _decode(data)
    if _CONTROL.search(text):
        raise build_unreadable()
    return text, encoding


def _decode(data: bytes) -> tuple[str, str]:
    encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        is_cut = error.reason == "unexpected end of data" and len(data) - error.start <= _LONGEST_CUT
        is_mostly_utf8 = is_cut and not data[: error.start].isascii()
        if encoding == "utf-8-sig" or is_mostly_utf8:
            raise build_unreadable() from error
    for candidate in ("gbk", "gb18030"):
        try:
            return data.decode(candidate), candidate
        except UnicodeDecodeError as error:
            if error.reason == "incomplete multibyte sequence":
                raise build_unreadable() from error
    raise build_encoding_unknown()
