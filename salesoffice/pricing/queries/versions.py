"""Finding price versions and the prices in them."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Role
from salesoffice.inventory.models import Building, Unit
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.pricing.rules import PriceDraft
from salesoffice.staff.models import Membership, User

PRICE_COLUMNS = (
    UnitPrice.unit_id,
    UnitPrice.basis,
    UnitPrice.gross_price,
    UnitPrice.inner_price,
    UnitPrice.list_total_amount,
    UnitPrice.filed_total_amount,
)
"""What a price consists of, in the order of `PriceDraft` after the unit."""


class VersionRow(NamedTuple):
    """A version with what a list of versions tells about it."""

    version: PriceVersion
    author: str | None
    submitter: str | None
    approver: str | None
    unit_count: int
    total_amount: int


def version_in_force(session: Session, project_id: int) -> PriceVersion | None:
    """Find the project's price version in force."""
    statement = select(PriceVersion).where(
        PriceVersion.project_id == project_id, PriceVersion.state == PriceVersionState.IN_FORCE
    )
    return session.scalars(statement).one_or_none()


def get_version(session: Session, project_id: int, number: int | None = None) -> PriceVersion:
    """Return a version by its number, without a number the one in force; raises NotFound."""
    if number is None:
        version = version_in_force(session, project_id)
    else:
        statement = select(PriceVersion).where(
            PriceVersion.project_id == project_id, PriceVersion.number == number
        )
        version = session.scalars(statement).one_or_none()
    if version is None:
        raise NotFound(_l("There is no such price version yet. Import a price filing first."))
    return version


def find_last_number(session: Session, project_id: int) -> int:
    """Return the number of the project's newest version, 0 when there is none."""
    newest = select(func.max(PriceVersion.number)).where(PriceVersion.project_id == project_id)
    return session.scalar(newest) or 0


def list_versions(session: Session, project_id: int) -> Sequence[VersionRow]:
    """List the versions of a project, the newest first, each with its people, number of units and sum (fen)."""
    author, submitter, approver = aliased(User), aliased(User), aliased(User)
    sums = (
        select(
            UnitPrice.version_id,
            func.count(UnitPrice.id).label("units"),
            func.sum(UnitPrice.list_total_amount).label("amount"),
        )
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(PriceVersion.project_id == project_id)
        .group_by(UnitPrice.version_id)
        .subquery()
    )
    statement = (
        select(
            PriceVersion,
            author.name,
            submitter.name,
            approver.name,
            func.coalesce(sums.c.units, 0),
            func.coalesce(sums.c.amount, 0),
        )
        .outerjoin(author, author.id == PriceVersion.created_by_id)
        .outerjoin(submitter, submitter.id == PriceVersion.submitted_by_id)
        .outerjoin(approver, approver.id == PriceVersion.approved_by_id)
        .outerjoin(sums, sums.c.version_id == PriceVersion.id)
        .where(PriceVersion.project_id == project_id)
        .order_by(PriceVersion.number.desc())
    )
    return [
        VersionRow(version, author_name, submitter_name, approver_name, count, int(total))
        for version, author_name, submitter_name, approver_name, count, total in session.execute(statement)
    ]


def get_version_row(session: Session, project_id: int, number: int) -> VersionRow:
    """Return a version with its people and sums; raises NotFound."""
    version = get_version(session, project_id, number)
    ids = {version.created_by_id, version.submitted_by_id, version.approved_by_id} - {None}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
    count, total = session.execute(
        select(func.count(UnitPrice.id), func.coalesce(func.sum(UnitPrice.list_total_amount), 0)).where(
            UnitPrice.version_id == version.id
        )
    ).one()
    people = (version.created_by_id, version.submitted_by_id, version.approved_by_id)
    author, submitter, approver = (names.get(person) if person else None for person in people)
    return VersionRow(version, author, submitter, approver, count, int(total))


def list_approvers(session: Session, project_id: int, roles: Collection[Role]) -> Sequence[str]:
    """List the names of the active people who have one of these roles in a project."""
    statement = (
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id, Membership.role.in_(roles), User.is_active)
        .order_by(User.name)
        .distinct()
    )
    return session.scalars(statement).all()


def list_drafts(session: Session, version: PriceVersion) -> dict[int, PriceDraft]:
    """Return the prices of a version by unit id, in the form in which they are published."""
    rows = session.execute(select(*PRICE_COLUMNS).where(UnitPrice.version_id == version.id)).all()
    return {row.unit_id: PriceDraft(*row[1:]) for row in rows}


def list_priced_buildings(session: Session, version: PriceVersion) -> Sequence[Row[int, str]]:
    """List (id, name) of the buildings that have a price in a version."""
    priced = (
        select(Unit.building_id)
        .join(UnitPrice)
        .where(UnitPrice.version_id == version.id)
        .distinct()
        .subquery()
    )
    statement = (
        select(Building.id, Building.name)
        .where(Building.id.in_(select(priced.c.building_id)))
        .order_by(Building.position, Building.name, Building.id)
    )
    return session.execute(statement).all()


def find_price_in_force(session: Session, unit_id: int) -> UnitPrice | None:
    """Find the price of a unit in the price version in force."""
    statement = (
        select(UnitPrice)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(UnitPrice.unit_id == unit_id, PriceVersion.state == PriceVersionState.IN_FORCE)
    )
    return session.scalars(statement).one_or_none()
