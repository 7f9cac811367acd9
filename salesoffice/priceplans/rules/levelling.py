"""The base that makes bounded prices add up to a target: exact, in integers.

Each line is a figure that grows with the base b: (b × slope + offset) ÷ `scale`, held between its bounds. Their weighted
sum S(b) never falls as b rises, so one pass decides for good: solve b over the lines not yet held, hold them to their
bounds and look at S(b). Where it is above the target the wanted base is lower, so whatever is at its lower bound now
stays there; where it is below, the same with the upper bounds. Every pass holds at least one more line for good, so there
are at most as many passes as lines; a handful in practice (Bitran and Hax, 1981).
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from salesoffice.priceplans.rules.terms import TargetProblem


class Line(NamedTuple):
    """One figure: (b × `slope` + `offset`) ÷ the common scale, within its bounds; `slope` and `weight` are above 0."""

    slope: int
    offset: int
    weight: int
    lower: int | None
    upper: int | None


def level(lines: Sequence[Line], scale: int, wanted: Fraction) -> tuple[Fraction, TargetProblem | None]:
    """Return the base at which Σ weight × figure = `wanted`; out of reach, the base at which all are at their bounds.

    `lines` must not be empty. The base may be zero or negative: the caller refuses that.
    """
    lowest = [line.lower for line in lines if line.lower is not None]
    if len(lowest) == len(lines) and sum(line.weight * (line.lower or 0) for line in lines) > wanted:
        bases = [Fraction((line.lower or 0) * scale - line.offset, line.slope) for line in lines]
        return min(bases), TargetProblem.TOO_LOW
    highest = [line.upper for line in lines if line.upper is not None]
    if len(highest) == len(lines) and sum(line.weight * (line.upper or 0) for line in lines) < wanted:
        bases = [Fraction((line.upper or 0) * scale - line.offset, line.slope) for line in lines]
        return max(bases), TargetProblem.TOO_HIGH
    return _level_within(lines, scale, wanted), None


def _level_within(lines: Sequence[Line], scale: int, wanted: Fraction) -> Fraction:
    free = list(lines)
    rest = wanted * scale - sum(line.weight * line.offset for line in free)
    slope = sum(line.weight * line.slope for line in free)
    while True:
        base = rest / slope
        below, above, excess = _held_at(free, scale, base)
        if not excess:
            return base
        held = below if excess > 0 else above
        bounds = [(line.lower if excess > 0 else line.upper) or 0 for line in held]
        rest -= sum(
            line.weight * (bound * scale - line.offset) for line, bound in zip(held, bounds, strict=True)
        )
        slope -= sum(line.weight * line.slope for line in held)
        gone = set(map(id, held))
        free = [line for line in free if id(line) not in gone]


def _held_at(lines: Sequence[Line], scale: int, base: Fraction) -> tuple[list[Line], list[Line], int]:
    """Return the lines below and above their bounds at a base, and what holding them adds (scaled, only its sign)."""
    top, bottom = base.numerator, base.denominator
    unit = scale * bottom
    below, above, excess = [], [], 0
    for line in lines:
        figure = top * line.slope + line.offset * bottom
        if line.lower is not None and figure < line.lower * unit:
            below.append(line)
            excess += line.weight * (line.lower * unit - figure)
        elif line.upper is not None and figure > line.upper * unit:
            above.append(line)
            excess -= line.weight * (figure - line.upper * unit)
    return below, above, excess
