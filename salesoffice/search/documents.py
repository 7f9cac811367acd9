"""Finds with the addresses of their pages."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from salesoffice.search.enums import FindKind
from salesoffice.search.queries import Find, Group, Target


@dataclass(frozen=True)
class Hit:
    """One line of an answer, ready to show; `related` are the things that belong to it."""

    kind: FindKind
    subject_id: int
    title: str
    words: tuple[str, ...]
    state: Any
    url: str
    remembered: tuple[FindKind, int] | None
    related: tuple["Hit", ...] = ()


@dataclass(frozen=True)
class HitGroup:
    """The lines of one kind."""

    kind: FindKind
    hits: tuple[Hit, ...]
    has_more: bool


def build_groups(code: str, groups: list[Group]) -> list[HitGroup]:
    """Give the finds of a search their addresses."""
    return [
        HitGroup(group.kind, tuple(build_hit(code, find) for find in group.finds), group.has_more)
        for group in groups
    ]


def build_hit(code: str, find: Find) -> Hit:
    """Give a find and what belongs to it their addresses."""
    related = tuple(
        Hit(
            find.kind,
            find.subject_id,
            one.words[0],
            one.words[1:],
            one.state,
            _address(code, one.target),
            None,
        )
        for one in find.related
    )
    return Hit(
        find.kind,
        find.subject_id,
        find.title,
        find.words,
        find.state,
        _address(code, find.target),
        find.remembered,
        related,
    )


def _address(code: str, target: Target) -> str:
    return url_for(target.endpoint, code=code, **target.parts)
