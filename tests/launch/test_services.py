"""Release batches: put together, launched with frozen numbers, called off."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core.errors import InvalidInput, WrongState
from salesoffice.infra.db import db
from salesoffice.inventory.enums import BatchState, ReleaseState
from salesoffice.inventory.models import Permit, ReleaseBatch, ReleaseBatchUnit, Unit
from salesoffice.inventory.services import (
    BatchEmpty,
    BatchNameTaken,
    UnitsInOtherBatch,
    call_off_batch,
    put_into_batch,
    take_out_of_batch,
)
from salesoffice.launch.enums import LaunchItemKind, LaunchItemState
from salesoffice.launch.models import LaunchItem
from salesoffice.launch.queries import collect_facts, count_sold
from salesoffice.launch.services import BatchNotReady, begin_batch, close_item, launch, reopen_item, skip_item
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_sale


def test_launch_freezes_the_numbers(session: Session, office: Office, batch: ReleaseBatch, do: Do) -> None:
    do(lambda writing: launch(writing, batch, actor=office.actor(office.manager)))

    found = session.get_one(ReleaseBatch, batch.id)
    assert (
        found.state,
        found.launched_unit_count,
        found.launched_gross_area,
        found.launched_list_amount,
    ) == (
        BatchState.LAUNCHED,
        4,
        Decimal("360.00"),
        4 * 900_000_00,
    )


def test_launch_releases_the_units(session: Session, office: Office, batch: ReleaseBatch, do: Do) -> None:
    def unrelease(writing: Session) -> None:
        for unit in writing.scalars(select(Unit).where(Unit.id.in_([unit.id for unit in office.units[:4]]))):
            unit.release_state = ReleaseState.UNRELEASED

    do(unrelease)

    do(lambda writing: launch(writing, batch, actor=office.actor(office.manager)))

    states = session.scalars(
        select(Unit.release_state).where(Unit.id.in_([unit.id for unit in office.units[:4]]))
    )
    assert set(states) == {ReleaseState.RELEASED}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE release_batches SET launched_unit_count = 9",
        "UPDATE release_batches SET launched_list_amount = 1",
        "UPDATE release_batches SET state = 'planned', launched_at = NULL, launched_unit_count = NULL",
        "DELETE FROM release_batches",
    ],
)
def test_database_refuses_to_change_a_launched_batch(
    app: Flask, office: Office, batch: ReleaseBatch, do: Do, change: str
) -> None:
    do(lambda writing: launch(writing, batch, actor=office.actor(office.manager)))

    with app.app_context(), pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(change))


def test_second_launch_is_refused(office: Office, batch: ReleaseBatch, do: Do) -> None:
    do(lambda writing: launch(writing, batch, actor=office.actor(office.manager)))

    with pytest.raises(WrongState):
        do(lambda writing: launch(writing, batch, actor=office.actor(office.manager)))


def test_units_without_a_permit_stop_the_launch(office: Office, batch: ReleaseBatch, do: Do) -> None:
    do(lambda writing: writing.execute(delete(Permit)))

    with pytest.raises(BatchNotReady) as refusal:
        do(lambda writing: launch(writing, batch, actor=office.actor(office.manager)))

    assert refusal.value.code == "permit_missing"
    assert refusal.value.values == {"units": tuple(unit.code for unit in office.units[:4])}


def test_empty_batch_is_not_launched(office: Office, batch: ReleaseBatch, do: Do) -> None:
    ids = [unit.id for unit in office.units]
    do(lambda writing: take_out_of_batch(writing, batch, actor=office.actor(office.manager), unit_ids=ids))

    with pytest.raises(BatchEmpty):
        do(lambda writing: launch(writing, batch, actor=office.actor(office.manager)))


def test_unit_belongs_to_one_batch(office: Office, batch: ReleaseBatch, do: Do) -> None:
    actor = office.actor(office.manager)
    other = do(lambda writing: begin_batch(writing, office.project.id, actor=actor, name="加推"))

    with pytest.raises(UnitsInOtherBatch) as refusal:
        do(lambda writing: put_into_batch(writing, other, actor=actor, unit_ids=[office.units[0].id]))

    assert refusal.value.values == {"units": [office.units[0].code]}


def test_name_is_taken_once(office: Office, batch: ReleaseBatch, do: Do) -> None:
    with pytest.raises(BatchNameTaken):
        do(
            lambda writing: begin_batch(
                writing, office.project.id, actor=office.actor(office.manager), name=" 首开 "
            )
        )


def test_calling_off_frees_the_units(session: Session, office: Office, batch: ReleaseBatch, do: Do) -> None:
    do(lambda writing: call_off_batch(writing, batch, actor=office.actor(office.manager)))

    assert session.get_one(ReleaseBatch, batch.id).state is BatchState.CANCELLED
    assert session.scalars(select(ReleaseBatchUnit)).all() == []


def test_sold_units_count_for_sell_through(
    session: Session, office: Office, batch: ReleaseBatch, do: Do
) -> None:
    do(lambda writing: launch(writing, batch, actor=office.actor(office.manager)))
    do(lambda writing: make_sale(writing, office, unit=0))

    assert count_sold(session, office.project.id) == {batch.id: 1}


def test_facts_name_what_is_missing(session: Session, office: Office, batch: ReleaseBatch) -> None:
    facts = collect_facts(session, batch)

    assert (facts.unit_count, facts.unpriced, facts.unpermitted, facts.is_detail_printed) == (
        4,
        (),
        (),
        False,
    )
    assert facts.unmeasured == tuple(unit.code for unit in office.units[:4])


def test_item_is_ticked_and_taken_back(session: Session, office: Office, batch: ReleaseBatch, do: Do) -> None:
    actor = office.actor(office.assistant)
    item_id = session.scalars(
        select(LaunchItem.id).where(LaunchItem.kind == LaunchItemKind.MORTGAGE_PAPERS)
    ).one()
    session.rollback()
    do(lambda writing: close_item(writing, writing.get_one(LaunchItem, item_id), actor=actor))

    do(lambda writing: reopen_item(writing, writing.get_one(LaunchItem, item_id), actor=actor))

    found = session.get_one(LaunchItem, item_id)
    assert (found.state, found.closed_at) == (LaunchItemState.OPEN, None)


def test_automatic_item_is_not_ticked_by_hand(
    session: Session, office: Office, batch: ReleaseBatch, do: Do
) -> None:
    item_id = session.scalars(select(LaunchItem.id).where(LaunchItem.kind == LaunchItemKind.PERMIT)).one()
    session.rollback()

    with pytest.raises(WrongState):
        do(
            lambda writing: close_item(
                writing, writing.get_one(LaunchItem, item_id), actor=office.actor(office.manager)
            )
        )


def test_item_is_skipped_with_a_reason_only(
    session: Session, office: Office, batch: ReleaseBatch, do: Do
) -> None:
    item_id = session.scalars(select(LaunchItem.id).where(LaunchItem.kind == LaunchItemKind.SUPPLEMENT)).one()
    session.rollback()

    with pytest.raises(InvalidInput):
        do(
            lambda writing: skip_item(
                writing, writing.get_one(LaunchItem, item_id), actor=office.actor(office.manager), reason=" "
            )
        )
