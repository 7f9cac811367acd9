"""The work list as its page and its API show it: sections, lines, and the links of what can be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.money import format_yuan
from salesoffice.core.permissions import Actor
from salesoffice.core.text import mask_name
from salesoffice.customers.rules import can_see_customer
from salesoffice.projects.models import Project
from salesoffice.worklist.enums import SectionKey
from salesoffice.worklist.queries import Section, count_waiting, list_lines, list_visible
from salesoffice.worklist.rules import Action, due_of, is_late


@dataclass(frozen=True)
class Link:
    """One action of a line, ready to press: a page to open, or a button that sends `fields`."""

    label: str
    icon: str
    url: str
    is_post: bool
    fields: Mapping[str, str]
    confirm: str


@dataclass(frozen=True)
class Line:
    """One thing that waits; `name` is masked for those who may not read it, `amount` fen, `due` a business day or a moment."""

    subject_id: int
    about: str
    kind: Any
    unit_code: str | None
    deal_number: str | None
    name: str | None
    due: date | datetime | None
    amount: int | None
    note: str
    is_late: bool
    links: tuple[Link, ...]


@dataclass(frozen=True)
class SectionView:
    """A section with the number of its lines and the first of them."""

    section: Section
    count: int
    lines: tuple[Line, ...]

    @property
    def key(self) -> SectionKey:
        """Which section it is."""
        return self.section.key


def build_sections(session: Session, actor: Actor, project: Project) -> list[SectionView]:
    """Build the sections that a person sees in a project, in the order of the page; one query counts all of them, and each
    that has lines costs one more.
    """
    counts = count_waiting(session, actor, [project.id])[project.id]
    return [
        SectionView(
            section, counts.get(section.key, 0), _build_lines(session, actor, project, section, counts)
        )
        for section in list_visible(actor, project.id)
    ]


def _build_lines(
    session: Session, actor: Actor, project: Project, section: Section, counts: Mapping[SectionKey, int]
) -> tuple[Line, ...]:
    if not counts.get(section.key):
        return ()
    rows = list_lines(session, actor, project.id, section)
    return tuple(_build_line(actor, project, section, row) for row in rows)


def _build_line(actor: Actor, project: Project, section: Section, row: Any) -> Line:
    due = due_of(row.due, row.days)
    sees_name = can_see_customer(actor, project.id, row.rep_id)
    return Line(
        subject_id=row.subject_id,
        about="" if row.about is None else str(getattr(row.about, "label", row.about)),
        kind=row.kind,
        unit_code=row.unit_code,
        deal_number=row.deal_number,
        name=row.name if sees_name or not row.name else mask_name(row.name),
        due=due,
        amount=row.amount,
        note=row.part if isinstance(row.part, str) else "",
        is_late=section.has_deadline and is_late(due, today=clock.business_today(), now=clock.now()),
        links=tuple(
            _build_link(project, action, row)
            for action in section.actions
            if _may(actor, project, action, row)
        ),
    )


def _may(actor: Actor, project: Project, action: Action, row: Any) -> bool:
    return actor.can(action.permission, project.id) and action.fits(row)


def _build_link(project: Project, action: Action, row: Any) -> Link:
    parts: dict[str, Any] = {name: getattr(row, column) for name, column in action.parts.items()}
    url = url_for(action.endpoint, code=project.code, **(parts | dict(action.fixed)))
    values = {
        "amount": "" if row.amount is None else format_yuan(int(row.amount)),
        "unit": row.unit_code or "",
    }
    return Link(
        label=str(action.label),
        icon=action.icon,
        url=f"{url}#{action.anchor}" if action.anchor else url,
        is_post=action.is_post,
        fields=action.fields,
        confirm=str(action.confirm) % values if action.confirm is not None else "",
    )
