"""Opening + movements = closing, line by line; a difference is found here and hidden nowhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from salesoffice.dailylog.enums import MovementKind


@dataclass(frozen=True)
class Movement:
    """A quantity (units, or fen) that leaves one line and enters another; an empty name is the world outside."""

    kind: MovementKind
    source: str
    target: str
    quantity: int


@dataclass(frozen=True)
class Line:
    """One line: what there was, what came and went, and what was counted at the end."""

    name: str
    opening: int
    incoming: int
    outgoing: int
    counted: int

    @property
    def expected(self) -> int:
        """What there should be."""
        return self.opening + self.incoming - self.outgoing

    @property
    def difference(self) -> int:
        """What was counted more than there should be; 0 when the line reconciles."""
        return self.counted - self.expected


def reconcile(
    opening: Mapping[str, int], movements: Iterable[Movement], counted: Mapping[str, int]
) -> tuple[Line, ...]:
    """Set opening, movements and the count against each other, in the order of `counted`."""
    moves = tuple(movements)
    return tuple(
        Line(
            name=name,
            opening=opening.get(name, 0),
            incoming=sum(move.quantity for move in moves if move.target == name),
            outgoing=sum(move.quantity for move in moves if move.source == name),
            counted=count,
        )
        for name, count in counted.items()
    )


def merge_movements(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    """Add up the movements of the same kind between the same lines; empty ones disappear."""
    sums: dict[tuple[MovementKind, str, str], int] = {}
    for move in movements:
        key = (move.kind, move.source, move.target)
        sums[key] = sums.get(key, 0) + move.quantity
    order = list(MovementKind)
    merged = (Movement(*key, quantity) for key, quantity in sums.items() if quantity)
    return tuple(sorted(merged, key=lambda move: (order.index(move.kind), move.source, move.target)))
