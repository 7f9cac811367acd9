"""Publishing prices."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import InvalidInput
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceBasis, PriceVersionState
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import find_breaches, list_drafts, price_rows, version_in_force
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import PricesMissing, publish_prices
from tests.factories import Office, make_units

OLD = PriceDraft(PriceBasis.GROSS, 10_000_00, 12_500_00, 900_000_00)
NEW = PriceDraft(PriceBasis.GROSS, 11_000_00, 13_750_00, 990_000_00, 1_000_000_00)


def publish(session: Session, office: Office, prices: dict[int, PriceDraft], **kwargs: Any) -> PriceVersion:
    actor = office.actor(office.assistant)
    return publish_prices(session, office.project.id, actor=actor, prices=prices, source="file.csv", **kwargs)


def test_publish_makes_the_next_version_of_all_prices(office: Office, session: Session) -> None:
    unit = office.units[0]

    with transaction():
        version = publish(session, office, {unit.id: NEW})

    drafts = list_drafts(session, version)
    old = session.scalars(select(PriceVersion).where(PriceVersion.number == 1)).one()
    assert (version.number, version.state, version.source) == (2, PriceVersionState.IN_FORCE, "file.csv")
    assert (old.state, old.superseded_at) == (PriceVersionState.SUPERSEDED, version.in_force_from)
    assert drafts == {one.id: NEW if one is unit else OLD for one in office.units}
    assert set(list_drafts(session, old).values()) == {OLD}
    assert list(find_breaches(session)) == []


def test_publish_same_prices_returns_the_version_in_force(office: Office, session: Session) -> None:
    before = version_in_force(session, office.project.id)

    with transaction():
        version = publish(session, office, {unit.id: OLD for unit in office.units})

    assert version is before
    assert session.scalars(select(AuditEntry.action)).all() == ["project.created", "project.created"]


def test_publish_first_prices_is_version_one(office: Office, session: Session) -> None:
    with transaction():
        from_scratch = office_without_prices(session, office)
        version = publish_prices(
            session,
            from_scratch[0].project_id,
            actor=office.actor(office.admin),
            prices={from_scratch[0].id: OLD},
            source="first",
        )

    assert (version.number, [row.code for row in price_rows(session, version)]) == (1, ["9-A-101"])


def test_publish_records_each_changed_unit_once(office: Office, session: Session) -> None:
    prices = {unit.id: NEW for unit in office.units[:3]}

    with transaction():
        version = publish(session, office, prices, recorded_unit_ids={office.units[0].id})

    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "price_versions")).all()
    assert [(entry.action, entry.unit_id) for entry in entries] == [
        ("price_version.published", None),
        ("unit_price.changed", office.units[1].id),
        ("unit_price.changed", office.units[2].id),
    ]
    assert entries[0].after == f'{{"changed":3,"number":{version.number},"source":"file.csv"}}'


def test_publish_unit_of_another_project_is_refused(office: Office, session: Session) -> None:
    with pytest.raises(InvalidInput) as refused, transaction():
        publish(session, office, {office_without_prices(session, office)[0].id: OLD})

    assert refused.value.code == "unit_unknown"


def test_publish_price_of_zero_is_refused(office: Office, session: Session) -> None:
    with pytest.raises(InvalidInput) as refused, transaction():
        publish(session, office, {office.units[0].id: replace(OLD, gross_price=0)})

    assert refused.value.code == "price_invalid"


def test_publish_nothing_without_a_version_is_refused(office: Office, session: Session) -> None:
    project_id = next(iter(office.actor(office.stranger).roles))
    actor = office.actor(office.admin)

    with pytest.raises(PricesMissing), transaction():
        publish_prices(session, project_id, actor=actor, prices={}, source="")


def office_without_prices(session: Session, office: Office) -> tuple[Unit, ...]:
    """Add a unit to the other project, which has no prices."""
    project_id = next(iter(office.actor(office.stranger).roles))
    project = session.get(type(office.project), project_id)
    assert project is not None
    return make_units(session, project, building="9栋", floors=1, lines=1)
