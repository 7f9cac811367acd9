"""Writing the rows of a version: checked, copied from another version and added in bulk."""

from collections.abc import Mapping
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import InvalidInput, Text
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.i18n import _
from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.pricing.queries import PRICE_COLUMNS, find_last_number
from salesoffice.pricing.rules import PriceDraft, is_price_possible

_BATCH = 500

Areas = tuple[Decimal | None, Decimal | None]
"""Gross and inner area of a unit in m²."""


def name_unit(code: str, words: Text) -> str:
    """Build the text that says something of a unit; a plain one, for codes come from files and must be escaped."""
    return _("%(unit)s: %(words)s", unit=code, words=words)


def add_draft(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    source: str,
    note: str = "",
    source_file_id: int | None = None,
) -> PriceVersion:
    """Add an empty draft with the project's next number; the project is locked before."""
    version = PriceVersion(
        project_id=project_id,
        number=find_last_number(session, project_id) + 1,
        state=PriceVersionState.DRAFT,
        source=source,
        note=note,
        source_file_id=source_file_id,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    session.add(version)
    session.flush()
    return version


def replace_version(session: Session, old: PriceVersion | None, version: PriceVersion) -> None:
    """Put a version into force from now on in the place of the old one."""
    now = clock.now()
    if old is not None:
        old.state, old.superseded_at = PriceVersionState.SUPERSEDED, now
        session.flush()
    version.state, version.in_force_from = PriceVersionState.IN_FORCE, now
    session.flush()


def check_prices(session: Session, project_id: int, prices: Mapping[int, PriceDraft]) -> None:
    """Refuse units of another project and figures of zero or less with InvalidInput."""
    own = set(session.scalars(select(Unit.id).where(Unit.project_id == project_id)))
    if prices.keys() - own:
        raise InvalidInput(_l("A price names a unit that is not in this project."), code="unit_unknown")
    if not all(is_price_possible(price) for price in prices.values()):
        raise InvalidInput(_l("A price must be more than zero."), code="price_invalid")


def copy_prices(
    session: Session, old: PriceVersion | None, version: PriceVersion, *, without: Mapping[int, PriceDraft]
) -> None:
    """Copy the prices of another version into a draft, except those of the units in `without`."""
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


def insert_prices(
    session: Session,
    version: PriceVersion,
    prices: Mapping[int, PriceDraft],
    areas: Mapping[int, Areas] | None = None,
) -> None:
    """Add prices to a draft; `areas` are the gross and inner areas (m²) that they were made for."""
    known = areas or {}
    rows = []
    for unit_id, price in prices.items():
        gross_area, inner_area = known.get(unit_id, (None, None))
        rows.append(
            {
                "version_id": version.id,
                "unit_id": unit_id,
                "gross_area": gross_area,
                "inner_area": inner_area,
                **vars(price),
            }
        )
    session.execute(insert(UnitPrice), rows)


def record_price(
    session: Session,
    version: PriceVersion,
    unit_id: int,
    before: PriceDraft | None,
    after: PriceDraft,
    *,
    actor: Actor,
) -> None:
    """Write a unit's new price into the audit, so that its cell on the board follows."""
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
