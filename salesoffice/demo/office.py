"""The demonstration office: what it is called, how one signs in, who acts in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from salesoffice.core.permissions import Actor
from salesoffice.infra.db import db
from salesoffice.projects.queries import find_project

CODE = "JXT"
NAME = "锦绣台"
PASSWORD = "open-the-board-2026"
DOMAIN = "demo.example"
SEED = 20260601


@dataclass(frozen=True)
class DemoOffice:
    """What the history needs: the project, the acting people by sign-in name, and chance."""

    project_id: int
    actors: Mapping[str, Actor]
    random: Random

    def reps(self) -> list[Actor]:
        """Return the acting reps."""
        return [actor for name, actor in self.actors.items() if name.startswith("rep")]


def is_filled() -> bool:
    """Tell whether the demonstration is there already."""
    return find_project(db.session(), CODE) is not None
