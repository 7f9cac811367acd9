"""The demonstration office: company, project, people, units, permit, and then its history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM, Actor, Role
from salesoffice.demo.discounts import add_discounts
from salesoffice.demo.people import STAFF
from salesoffice.demo.stock import TYPE_OF_AREA, build_filing
from salesoffice.imports.services import import_file, read_upload
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Unit, UnitType
from salesoffice.inventory.services import add_permit, publish_permit, withhold_unit
from salesoffice.projects.models import Project
from salesoffice.projects.queries import find_project
from salesoffice.projects.services import add_recipient, create_project
from salesoffice.staff.enums import PasswordPolicy
from salesoffice.staff.models import User
from salesoffice.staff.queries import build_actor
from salesoffice.staff.services import Person, create_user

CODE = "JXT"
NAME = "锦绣台"
PASSWORD = "open-the-board-2026"
DOMAIN = "demo.example"
SEED = 20260601


WITHHELD = (
    ("1-A-201", "样板房"),
    ("1-A-202", "样板房"),
    ("1-B-1901", "集团保留"),
    ("1-B-1903", "集团保留"),
    ("2-A-1801", "集团保留"),
    ("3-A-101", "物业用房待定"),
)
"""Units that management keeps back, and why."""


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


def found_office(opened_on: date, *, say: Callable[[str], None]) -> DemoOffice:
    """Create company, project, people, units, prices and permit as of the day the office opened."""
    with clock.standing_at(clock.moment_on(opened_on - timedelta(days=3), time(9))):
        say("project and people")
        with transaction() as session:
            project = _create_project(session)
            users = [_create_user(session, project, *row) for row in STAFF]
            admin = _create_admin(session)
            add_recipient(session, project, actor=SYSTEM, email=f"chairman@{DOMAIN}", name="董事长")
            add_recipient(session, project, actor=SYSTEM, email=f"executive@{DOMAIN}", name="总经理")
            add_recipient(session, project, actor=SYSTEM, email=f"manager@{DOMAIN}", name="案场经理")
        actors = {user.email.split("@")[0]: build_actor(user) for user in [*users, admin]}
        say("units and prices")
        _import_units(project, actors["assistant"])
        with transaction() as session:
            permit = add_permit(
                session, project.id, actor=actors["manager"], number="深房许字（2026）锦绣001号",
                issued_on=opened_on - timedelta(days=5),
            )  # fmt: skip
            day = opened_on - timedelta(days=4)
            publish_permit(session, permit, actor=actors["manager"], published_on=day)
        with transaction() as session:
            _withhold_some(session, project, actors["manager"])
        with transaction() as session:
            add_discounts(session, project, actor=actors["manager"], opened_on=opened_on)
    return DemoOffice(project.id, actors, Random(SEED))


def _withhold_some(session: Session, project: Project, manager: Actor) -> None:
    """Keep the show flats and two top floors back, as managers do."""
    for code, reason in WITHHELD:
        unit = session.scalars(select(Unit).where(Unit.project_id == project.id, Unit.code == code)).one()
        withhold_unit(session, unit, actor=manager, reason=reason)


def _create_project(session: Session) -> Project:
    project = create_project(
        session, actor=SYSTEM, code=CODE, name=NAME, city="深圳", company="锦绣置业（演示）有限公司",
        address="演示市锦绣路 1 号",
    )  # fmt: skip
    project.phone = "0755-00000000"
    project.hold_minutes, project.max_hold_minutes, project.hold_limit = 60, 240, 3
    return project


def _create_user(session: Session, project: Project, login: str, name: str, role: Role) -> User:
    person = Person(name, roles=frozenset({(project.id, role)}))
    return create_user(
        session, person, actor=SYSTEM, email=f"{login}@{DOMAIN}", password=PASSWORD, policy=PasswordPolicy.ASVS,
        must_change=False,
    )  # fmt: skip


def _create_admin(session: Session) -> User:
    person = Person("系统管理员", is_admin=True)
    return create_user(
        session, person, actor=SYSTEM, email=f"admin@{DOMAIN}", password=PASSWORD, policy=PasswordPolicy.ASVS,
        must_change=False,
    )  # fmt: skip


def _import_units(project: Project, actor: Actor) -> None:
    name = "锦绣台一房一价.csv"
    upload = read_upload(db.session(), project.id, data=build_filing(), file_name=name)
    with transaction() as session:
        import_file(session, project.id, actor=actor, upload=upload)
    with transaction() as session:
        for area, (name, layout) in TYPE_OF_AREA.items():
            kind = UnitType(project_id=project.id, name=f"{name}户型", layout=layout)
            session.add(kind)
            session.flush()
            _give_type(session, project.id, kind, area)


def _give_type(session: Session, project_id: int, kind: UnitType, area: str) -> None:
    units = session.scalars(select(Unit).where(Unit.project_id == project_id)).all()
    chosen = [unit.id for unit in units if str(unit.gross_area) == area]
    session.execute(update(Unit).where(Unit.id.in_(chosen)).values(unit_type_id=kind.id, orientation="南"))
