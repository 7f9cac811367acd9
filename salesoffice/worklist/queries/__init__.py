"""What waits for a person: how much of it, and line by line."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Row, Select, String, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.infra.models import AuditChain
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


MOST_KEPT = 2000
_kept: dict[tuple[object, ...], int] = {}


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
    for word, project_id, count in session.connection().execute(
        _build_counts(keys, clock.business_today()), values
    ):
        if SectionKey(word) in seen[project_id]:
            counts[project_id][SectionKey(word)] = count
    return counts


def count_mine(session: Session, actor: Actor, project_id: int) -> int:
    """Count what waits for the person's own turn in a project, all sections together.

    For the navigation of every page: the answer is kept as long as the project's audit chain has the same head, for a
    minute at most (deadlines pass without an entry), and costs one indexed row meanwhile.
    """
    head = session.scalar(select(AuditChain.head_hash).where(AuditChain.project_id == project_id))
    key = (
        project_id,
        actor.id,
        actor.is_admin,
        actor.roles_in(project_id),
        head,
        int(clock.now().timestamp()) // 60,
    )
    total = _kept.get(key)
    if total is None:
        counts = count_waiting(session, actor, [project_id])[project_id]
        total = sum(counts.get(section.key, 0) for section in SECTIONS if section.is_mine)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = total
    return total


def list_lines(session: Session, actor: Actor, project_id: int, section: Section) -> Sequence[Row[Any]]:
    """List the first lines of a section in a project (`LONGEST_SECTION` at most)."""
    values = Viewer(actor, (project_id,), clock.now()).values()
    return session.execute(section.query().limit(LONGEST_SECTION), values).all()


@lru_cache(maxsize=64)
def _build_counts(keys: tuple[SectionKey, ...], _day: date) -> CompoundSelect[Any]:
    """Build the counting of some sections once a day: building it costs more than running it."""
    return union_all(*(_count(section) for section in SECTIONS if section.key in keys))


def _count(section: Section) -> Select[Any]:
    lines = section.query()
    project_id = lines.selected_columns.project_id
    key = literal_column(f"'{section.key.value}'", String).label("key")
    counted = lines.with_only_columns(key, project_id, func.count(), maintain_column_froms=True)
    return counted.order_by(None).group_by(project_id)
