"""Publishing prices: every change of prices is a new version, the old one stays as it was."""

from collections.abc import Collection, Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.inventory.services import lock_project
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import list_drafts, version_in_force
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services.writing import (
    add_draft,
    check_prices,
    copy_prices,
    insert_prices,
    record_price,
    replace_version,
)


class PricesMissing(DomainError):
    """There is nothing to publish and nothing in force."""

    def __init__(self) -> None:
        super().__init__(_l("There are no prices to publish."), code="prices_missing", status=422)


def publish_prices(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    prices: Mapping[int, PriceDraft],
    source: str,
    source_file_id: int | None = None,
    recorded_unit_ids: Collection[int] = (),
) -> PriceVersion:
    """Put prices (by unit id) into force as version N+1: all prices in force plus these; the old one is superseded.

    When none of them differs from what is in force, the version in force is returned and nothing is written.
    Every unit whose price differs gets an audit entry, because its cell on the board changes, except those in
    `recorded_unit_ids`, for which the caller records one in the same transaction. Refused: units of another
    project and figures of zero or less (InvalidInput), nothing at all (PricesMissing).
    """
    check_prices(session, project_id, prices)
    lock_project(session, project_id)
    old = version_in_force(session, project_id)
    before = list_drafts(session, old) if old else {}
    changed = {unit_id: price for unit_id, price in prices.items() if before.get(unit_id) != price}
    if not changed and old is not None:
        return old
    if not changed:
        raise PricesMissing
    version = add_draft(session, project_id, actor=actor, source=source, source_file_id=source_file_id)
    copy_prices(session, old, version, without=changed)
    insert_prices(session, version, changed)
    replace_version(session, old, version)
    audit.record(
        session,
        action="price_version.published",
        actor=actor,
        project_id=project_id,
        subject=version,
        before={"number": old.number if old else None},
        after={"number": version.number, "source": source, "changed": len(changed)},
    )
    for unit_id in sorted(changed.keys() - set(recorded_unit_ids)):
        record_price(session, version, unit_id, before.get(unit_id), changed[unit_id], actor=actor)
    return version
