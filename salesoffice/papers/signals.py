"""What a paper says is known where its subject lives; a feature further left registers the papers of its own subjects."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from salesoffice.papers.enums import PaperKind

PaperBuilder = Callable[[Session, Any, tuple[str, ...], bool], Any]
"""Takes the session, the subject (a row), the typed clauses, and whether certificates and phones are shown in full;
returns `rules.PaperFacts`."""

_builders: dict[tuple[PaperKind, str], PaperBuilder] = {}
_bodies: dict[PaperKind, str] = {}


def builds_paper(kind: PaperKind, *tables: str, body: str = "") -> Callable[[PaperBuilder], PaperBuilder]:
    """Register who says what a kind of paper about rows of these tables says; `body` is the template of its content,
    `papers/_body_<kind>.html` unless given, which takes the printed data as `p`.
    """

    def register(builder: PaperBuilder) -> PaperBuilder:
        _bodies[kind] = body or f"papers/_body_{kind.value}.html"
        for table in tables:
            _builders[kind, table] = builder
        return builder

    return register


def find_builder(kind: PaperKind, table: str) -> PaperBuilder | None:
    """Find who builds a kind of paper about a row of a table; None when there is no such paper."""
    return _builders.get((kind, table))


def body_of(kind: PaperKind) -> str:
    """Return the template of the content of a kind of paper."""
    return _bodies[kind]
