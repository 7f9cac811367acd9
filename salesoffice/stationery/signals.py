"""What a form is used for is known further left (`contracts`, `reservations`); this is how the register asks."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from salesoffice.core.errors import Text


@dataclass(frozen=True)
class DocumentFacts:
    """A document that carries a form's number: what it is, its number, and the number of its deal."""

    name: Text
    number: str
    deal_number: str


Namer = Callable[[Session, Collection[int]], Mapping[int, DocumentFacts]]

_namers: dict[str, Namer] = {}


def names_documents(subject_kind: str) -> Callable[[Namer], Namer]:
    """Register the function that finds documents of a kind (a table's name) by id."""

    def register(namer: Namer) -> Namer:
        _namers[subject_kind] = namer
        return namer

    return register


def find_documents(
    session: Session, subjects: Collection[tuple[str, int]]
) -> Mapping[tuple[str, int], DocumentFacts]:
    """Find documents by kind and id; those that do not exist are left out. RuntimeError for a kind nobody knows."""
    found: dict[tuple[str, int], DocumentFacts] = {}
    for kind in sorted({kind for kind, _id in subjects}):
        namer = _namers.get(kind)
        if namer is None:
            raise RuntimeError(f"nobody names documents of the kind {kind}: its receivers were not imported")
        ids = {subject_id for each, subject_id in subjects if each == kind}
        found |= {(kind, subject_id): facts for subject_id, facts in namer(session, ids).items()}
    return found
