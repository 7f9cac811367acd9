"""Cut the characters that one font lacks out of others: the rare names that the fonts of the papers do not have.

    python tools/rare_glyphs.py MAIN.ttf SOURCE.ttf=TARGET.ttf …

Each target gets the ideographs of its source that neither the main font nor an earlier source has.
"""

import sys

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

IDEOGRAPHS = ((0x2E80, 0x2FFF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


def main(arguments: list[str]) -> None:
    """Write every target."""
    known = find_characters(TTFont(arguments[0]))
    for pair in arguments[1:]:
        source, target = pair.split("=", 1)
        font = TTFont(source)
        wanted = {sign for sign in find_characters(font) - known if is_ideograph(sign)}
        known |= wanted
        options = Options(notdef_outline=True, hinting=False, layout_features=[])
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        font.save(target)
        print(f"{target}: {len(wanted)} characters")


def find_characters(font: TTFont) -> set[int]:
    """Return the code points that a font draws."""
    return set(font.getBestCmap())


def is_ideograph(sign: int) -> bool:
    """Tell whether a code point is an ideograph or a radical."""
    return any(first <= sign <= last for first, last in IDEOGRAPHS)


if __name__ == "__main__":
    main(sys.argv[1:])
