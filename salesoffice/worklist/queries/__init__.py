"""What waits for a person: how much of it, and line by line."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, String, func, literal_column, union_all
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.worklist.enums import SectionKey
from salesoffice.worklist.queries.base import Viewer
from salesoffice.worklist.queries.sections import SECTIONS, Section

__all__ = [
    "LONGEST_SECTION",
    "SECTIONS",
    "Section",
    "count_mine",
    "count_waiting",
    "list_lines",
    "list_visible",
]

LONGEST_SECTION = 30
"""So many lines of a section are shown; the others come up as these are done."""


def list_visible(actor: Actor, project_id: int) -> tuple[Section, ...]:
    """List the sections that a person's role has in a project."""
    return tuple(section for section in SECTIONS if actor.can(section.permission, project_id))


def count_waiting(
    session: Session, actor: Actor, project_ids: Sequence[int]
) -> Mapping[int, Mapping[SectionKey, int]]:
    """Count the lines of every section that the person sees, per project; one query, whatever their number."""
    seen = {
        project_id: {section.key for section in list_visible(actor, project_id)} for project_id in project_ids
    }
    keys = tuple(section.key for section in SECTIONS if any(section.key in found for found in seen.values()))
    counts: dict[int, dict[SectionKey, int]] = {project_id: {} for project_id in project_ids}
    if not keys:
        return counts
    values = Viewer(actor, tuple(project_ids), clock.now()).values()
    for word, project_id, count in session.execute(_build_counts(keys), values):
        if SectionKey(word) in seen[project_id]:
            counts[project_id][SectionKey(word)] = count
    return counts


def count_mine(session: Session, actor: Actor, project_id: int) -> int:
    """Count what waits for the person's own turn in a project, all sections together; one query."""
    counts = count_waiting(session, actor, [project_id])[project_id]
    return sum(counts.get(section.key, 0) for section in SECTIONS if section.is_mine)


def list_lines(session: Session, actor: Actor, project_id: int, section: Section) -> Sequence[Row[Any]]:
    """List the first lines of a section in a project (`LONGEST_SECTION` at most)."""
    values = Viewer(actor, (project_id,), clock.now()).values()
    return session.execute(section.query.limit(LONGEST_SECTION), values).all()


@lru_cache(maxsize=64)
def _build_counts(keys: tuple[SectionKey, ...]) -> CompoundSelect[Any]:
    return union_all(*(_count(section) for section in SECTIONS if section.key in keys))


def _count(section: Section) -> Select[Any]:
    project_id = section.query.selected_columns.project_id
    key = literal_column(f"'{section.key.value}'", String).label("key")
    counted = section.query.with_only_columns(key, project_id, func.count(), maintain_column_froms=True)
    return counted.order_by(None).group_by(project_id)
