"""Who may give how much discount."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import InvalidInput
from salesoffice.core.permissions import Actor, Role
from salesoffice.infra import audit
from salesoffice.offers.models import DiscountAuthority, Offer
from salesoffice.offers.queries import list_authorities
from salesoffice.offers.rules import check_authority, discount_rate
from salesoffice.projects.queries import get_project
from salesoffice.staff.enums import ROLE_LABELS


@dataclass(frozen=True)
class Grant:
    """The offer by which somebody with more authority has granted a discount, and to whom a sale is made."""

    offer_id: int
    unit_id: int
    customer_ids: tuple[int, ...] = ()


def check_discount(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    list_total: int,
    total: int,
    grant: Grant | None = None,
) -> None:
    """Refuse with `discount_not_allowed` (it says who may) more discount than the person's roles may give.

    An offer that is still valid, for the same unit and for no other customer, grants its discount to whoever signs it.
    """
    if grant is not None and discount_rate(list_total, total) <= _granted_rate(session, project_id, grant):
        return
    limits = list_authorities(session, project_id)
    check_authority(list_total, total, roles=actor.roles_in(project_id), limits=limits, labels=ROLE_LABELS)


def set_authorities(
    session: Session, project_id: int, *, actor: Actor, limits: Mapping[Role, Decimal]
) -> None:
    """Set the largest discount (share of the list price) of each role; a role left out has no limit.

    Refuses with `rate_invalid` a share below 0 or above 1.
    """
    if any(not 0 <= rate <= 1 for rate in limits.values()):
        raise InvalidInput(_l("A share is from 0 to 100 per cent."), code="rate_invalid")
    before = dict(list_authorities(session, project_id))
    if before == dict(limits):
        return
    statement = select(DiscountAuthority).where(DiscountAuthority.project_id == project_id)
    rows = {Role(row.role): row for row in session.scalars(statement)}
    for role in Role:
        row, rate = rows.get(role), limits.get(role)
        if rate is None and row is not None:
            session.delete(row)
        elif rate is not None and row is None:
            session.add(DiscountAuthority(project_id=project_id, role=role.value, max_rate=rate))
        elif rate is not None and row is not None:
            row.max_rate = rate
    session.flush()
    audit.record(
        session,
        action="discount_authority.set",
        actor=actor,
        project_id=project_id,
        subject=get_project(session, project_id),
        before={role.value: str(rate) for role, rate in before.items()},
        after={role.value: str(rate) for role, rate in limits.items()},
    )


def _granted_rate(session: Session, project_id: int, grant: Grant) -> Decimal:
    offer = session.get(Offer, grant.offer_id)
    if (
        offer is None
        or offer.project_id != project_id
        or offer.unit_id != grant.unit_id
        or offer.valid_until < clock.now()
        or (offer.customer_id is not None and offer.customer_id not in grant.customer_ids)
    ):
        return Decimal(0)
    return discount_rate(offer.list_total_amount, offer.total_amount)
