"""Valid objects for tests. Each function flushes into the session it is given; call it inside `transaction()`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM, Actor, Role
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Building, Floor, Permit, Section, Unit
from salesoffice.pricing.enums import PriceBasis, PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.projects.models import Project
from salesoffice.projects.services import create_project
from salesoffice.staff.models import Membership, User
from salesoffice.staff.queries import build_actor

PASSWORD = "correct horse battery staple"
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$2ujqmEzr21LbgQjFHBgImw$jXPMyIZ12IoAQKc475rVA+rZ62qKARgO4OMPt+vH1dw"
)


@dataclass(frozen=True)
class Office:
    """A project ready to sell: building 1栋, section A座, floors 1-5 with 4 units each, and its people."""

    project: Project
    units: tuple[Unit, ...]
    admin: User
    assistant: User
    other_assistant: User
    rep: User
    other_rep: User
    manager: User
    finance: User
    planner: User
    executive: User
    stranger: User

    def actor(self, user: User) -> Actor:
        """Return the acting person of a user."""
        return build_actor(user)


def make_user(
    session: Session,
    name: str,
    *,
    project: Project | None = None,
    role: Role | None = None,
    is_admin: bool = False,
) -> User:
    """Add a user, a member of the project in the role if both are given."""
    user = User(
        email=f"{name}@example.test",
        name=name.title(),
        password_hash=PASSWORD_HASH,
        password_changed_at=clock.now(),
        created_at=clock.now(),
        is_admin=is_admin,
        memberships=[Membership(project_id=project.id, role=role)] if project and role else [],
    )
    session.add(user)
    session.flush()
    return user


def make_units(
    session: Session, project: Project, *, building: str = "1栋", floors: int = 5, lines: int = 4
) -> tuple[Unit, ...]:
    """Add a released building of 90.00 m² units (rooms 101, 102 … 504), without prices."""
    house = Building(project_id=project.id, name=building)
    session.add(house)
    session.flush()
    section = Section(building_id=house.id, name="A座")
    session.add(section)
    session.flush()
    units = []
    for number in range(1, floors + 1):
        floor = Floor(section_id=section.id, number=number, label=str(number))
        session.add(floor)
        session.flush()
        units += [_build_unit(project, house, section, floor, line) for line in range(1, lines + 1)]
    session.add_all(units)
    session.flush()
    return tuple(units)


def make_prices(session: Session, project: Project, units: tuple[Unit, ...]) -> PriceVersion:
    """Add price version 1, in force: 10,000.00 yuan per m² gross, that is 900,000.00 for a unit."""
    version = PriceVersion(
        project_id=project.id,
        number=1,
        state=PriceVersionState.DRAFT,
        source="test",
        created_at=clock.now(),
        in_force_from=clock.now(),
    )
    session.add(version)
    session.flush()
    session.add_all(
        UnitPrice(
            version_id=version.id,
            unit_id=unit.id,
            basis=PriceBasis.GROSS,
            gross_price=10_000_00,
            inner_price=12_500_00,
            list_total_amount=900_000_00,
        )
        for unit in units
    )
    session.flush()
    version.state = PriceVersionState.IN_FORCE
    session.flush()
    return version


def make_office(
    session: Session, *, code: str = "P1", building: str = "1栋", floors: int = 5, lines: int = 4
) -> Office:
    """Add a whole office: project, permit, units with prices, a person for each role, and one of another project."""
    project = create_project(session, actor=SYSTEM, code=code, name=f"Project {code}", city="Shenzhen")
    units = make_units(session, project, building=building, floors=floors, lines=lines)
    make_prices(session, project, units)
    session.add(
        Permit(
            project_id=project.id,
            number=f"{code}-2026-001",
            issued_on=date(2026, 1, 5),
            published_on=date(2026, 1, 9),
            is_project_wide=True,
            created_at=clock.now(),
        )
    )
    people = {
        name: make_user(session, f"{name}.{code.lower()}", project=project, role=role)
        for name, role in (
            ("assistant", Role.ASSISTANT),
            ("other_assistant", Role.ASSISTANT),
            ("rep", Role.REP),
            ("other_rep", Role.REP),
            ("manager", Role.MANAGER),
            ("finance", Role.FINANCE),
            ("planner", Role.PLANNER),
            ("executive", Role.EXECUTIVE),
        )
    }
    other = create_project(session, actor=SYSTEM, code=f"{code}-OTHER", name="Somebody else's")
    return Office(
        project=project,
        units=units,
        admin=make_user(session, f"admin.{code.lower()}", is_admin=True),
        stranger=make_user(session, f"stranger.{code.lower()}", project=other, role=Role.MANAGER),
        **people,
    )


def _build_unit(project: Project, house: Building, section: Section, floor: Floor, line: int) -> Unit:
    room = f"{floor.label}{line:02d}"
    return Unit(
        project_id=project.id,
        building_id=house.id,
        section_id=section.id,
        floor_id=floor.id,
        code=f"{house.name.removesuffix('栋')}-A-{room}",
        room_no=room,
        line=f"{line:02d}",
        usage="住宅",
        gross_area=Decimal("90.00"),
        inner_area=Decimal("72.00"),
        shared_area=Decimal("18.00"),
        release_state=ReleaseState.RELEASED,
        created_at=clock.now(),
    )
