"""Writing the rows of a version: checked, copied from another version and added in bulk."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.inventory.models import Unit
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.pricing.queries import PRICE_COLUMNS
from salesoffice.pricing.rules import PriceDraft, is_price_possible

_BATCH = 500


def check_prices(session: Session, project_id: int, prices: Mapping[int, PriceDraft]) -> None:
    own = set(session.scalars(select(Unit.id).where(Unit.project_id == project_id)))
    if prices.keys() - own:
        raise InvalidInput(_l("A price names a unit that is not in this project."), code="unit_unknown")
    if not all(is_price_possible(price) for price in prices.values()):
        raise InvalidInput(_l("A price must be more than zero."), code="price_invalid")


def copy_prices(
    session: Session, old: PriceVersion | None, version: PriceVersion, *, without: Mapping[int, PriceDraft]
) -> None:
    if old is None:
        return
    kept = [
        unit_id
        for unit_id in session.scalars(select(UnitPrice.unit_id).where(UnitPrice.version_id == old.id))
        if unit_id not in without
    ]
    names = ["version_id", *(column.key for column in PRICE_COLUMNS)]
    for start in range(0, len(kept), _BATCH):
        rows = select(literal(version.id), *PRICE_COLUMNS).where(
            UnitPrice.version_id == old.id, UnitPrice.unit_id.in_(kept[start : start + _BATCH])
        )
        session.execute(insert(UnitPrice).from_select(names, rows))


def insert_prices(session: Session, version: PriceVersion, prices: Mapping[int, PriceDraft]) -> None:
    session.execute(
        insert(UnitPrice),
        [{"version_id": version.id, "unit_id": unit_id, **vars(price)} for unit_id, price in prices.items()],
    )


def record_price(
    session: Session,
    version: PriceVersion,
    unit_id: int,
    before: PriceDraft | None,
    after: PriceDraft,
    *,
    actor: Actor,
) -> None:
    audit.record(
        session,
        action="unit_price.changed",
        actor=actor,
        project_id=version.project_id,
        subject=version,
        unit_id=unit_id,
        before={"list_total_amount": before.list_total_amount} if before else {},
        after={"list_total_amount": after.list_total_amount, "version": version.number},
    )
