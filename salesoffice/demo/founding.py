"""Founding the demonstration office: project, people, units, prices, permit, the first launch."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM, Actor, Role
from salesoffice.demo.discounts import add_discounts
from salesoffice.demo.later_stock import (
    GARAGE,
    add_floor_plans,
    add_garage,
    add_next_building,
    list_units,
)
from salesoffice.demo.launches import FIRST_BUILDINGS, open_sales, prepare_first_batch
from salesoffice.demo.office import CODE, DOMAIN, NAME, PASSWORD, SEED, DemoOffice
from salesoffice.demo.people import STAFF
from salesoffice.demo.prices import add_limits
from salesoffice.demo.scans import require_contracts
from salesoffice.demo.stock import TYPE_OF_AREA, build_filing
from salesoffice.imports.services import import_file, read_upload
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Unit, UnitType
from salesoffice.inventory.services import add_permit, publish_permit
from salesoffice.projects.models import Project
from salesoffice.projects.services import add_recipient, create_project
from salesoffice.staff.enums import PasswordPolicy
from salesoffice.staff.models import User
from salesoffice.staff.queries import build_actor
from salesoffice.staff.services import Person, create_user


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
            _add_rest(session, project, actors, opened_on)
            batch = prepare_first_batch(session, project.id, actor=actors["planner"], opened_on=opened_on)
    with clock.standing_at(clock.moment_on(opened_on, time(8, 30))), transaction() as session:
        batch, manager = session.merge(batch, load=False), actors["manager"]
        open_sales(session, batch, manager=manager, assistant=actors["assistant"], on=opened_on)
    return DemoOffice(project.id, actors, Random(SEED))


def _add_rest(session: Session, project: Project, actors: Mapping[str, Actor], opened_on: date) -> None:
    """Add what is not in the filing: other buildings, floor plans, permit, limits, discounts."""
    assistant, manager = actors["assistant"], actors["manager"]
    add_next_building(session, project.id, actor=assistant)
    add_garage(session, project.id, actor=assistant)
    add_floor_plans(session, project.id, actor=assistant)
    names = (*FIRST_BUILDINGS, GARAGE)
    buildings = [list_units(session, project.id, name)[0].building_id for name in names]
    permit = add_permit(
        session, project.id, actor=manager, number="深房许字（2026）锦绣001号", building_ids=buildings,
        issued_on=opened_on - timedelta(days=5), supervised_account="演示银行锦绣支行 0000 0000 0000 001",
    )  # fmt: skip
    publish_permit(session, permit, actor=manager, published_on=opened_on - timedelta(days=4))
    add_limits(session, project.id, actor=manager, on=opened_on - timedelta(days=3))
    add_discounts(session, project, actor=manager, opened_on=opened_on)
    require_contracts(session, project, actor=manager)


def _create_project(session: Session) -> Project:
    project = create_project(
        session, actor=SYSTEM, code=CODE, name=NAME, city="深圳", company="锦绣置业（演示）有限公司",
        address="演示市锦绣路 1 号",
    )  # fmt: skip
    project.phone = "0755-00000000"
    project.hold_minutes, project.max_hold_minutes, project.hold_limit = 60, 240, 3
    project.offer_minutes, project.is_price_page_public = 60, True
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
