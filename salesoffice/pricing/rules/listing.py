"""Reading a pasted or uploaded list of two columns: the code of a unit and an amount in yuan."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.core.money import format_yuan, parse_yuan

_LAST_COLUMN = re.compile(r"^(?P<code>.*?)[\t;；]\s*(?P<amount>[^\t;；]*?)\s*$")
_LAST_WORD = re.compile(r"^(?P<code>\S.*?)\s+(?P<amount>\S+)\s*$")
_COMMA = re.compile(r"^\"?(?P<code>[^,，]+?)\"?\s*[,，]\s*\"?(?P<amount>.+?)\"?\s*$")


@dataclass(frozen=True)
class LineProblem:
    """A line of the list that cannot be used, by its number from 1."""

    line: int
    text: str
    message: LazyString


@dataclass(frozen=True)
class Listing:
    """What a list says: fen by the code of a unit, and the lines that say nothing."""

    totals: Mapping[str, int]
    problems: tuple[LineProblem, ...]


def read_listing(text: str) -> Listing:
    """Read lines of code and amount, parted by a tab, a comma, a semicolon or spaces; a heading in line 1 is passed over.

    A code that comes twice is a problem of its second line.
    """
    totals: dict[str, int] = {}
    problems: list[LineProblem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        code, amount = _part(line.strip())
        if amount is None:
            if number > 1:
                problems.append(
                    LineProblem(number, line.strip(), _l("No unit and amount in yuan can be read."))
                )
        elif amount <= 0:
            problems.append(LineProblem(number, line.strip(), _l("A price must be more than zero.")))
        elif code in totals:
            problems.append(LineProblem(number, line.strip(), _l("This unit stands in the list before.")))
        else:
            totals[code] = amount
    return Listing(totals, tuple(problems))


def write_listing(totals: Mapping[str, int]) -> str:
    """Write a list as `read_listing` reads it, one line per unit."""
    return "\n".join(f"{code}\t{format_yuan(amount)}" for code, amount in totals.items())


def _part(line: str) -> tuple[str, int | None]:
    for shape in (_LAST_COLUMN, _COMMA, _LAST_WORD):
        found = shape.match(line)
        if found is None:
            continue
        try:
            return found["code"].strip(), parse_yuan(found["amount"])
        except DomainError:
            continue
    return line, None
