"""What an import does to units that are there already, and what it leaves alone."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import unit_state
from salesoffice.deals.services import open_deal
from salesoffice.imports.models import ImportBatch
from salesoffice.imports.services import (
    PreviewOutdated,
    RowsRejected,
    commit_import,
    import_file,
    preview_import,
    read_upload,
    reread_upload,
)
from salesoffice.infra.db import db, transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import Product, ReleaseState
from salesoffice.inventory.models import Permit, Unit
from salesoffice.inventory.services import move_units, release_unit, withhold_unit
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.projects.models import Project
from tests.factories import make_user

HEADER = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注"
Load = Callable[..., dict[str, int]]


def filing(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


def row(
    label: str = "9栋1单元1801", area: str = "100.00", price: str = "10000.00", status: str = "在售"
) -> str:
    total = f"{float(area) * float(price):.2f}"
    return f"{label},{area},{price},80.00,,{total},{status},住宅"


def one_unit(session: Session) -> Unit:
    session.expire_all()
    return session.scalars(select(Unit)).one()


def prices(session: Session) -> list[tuple[int, int]]:
    statement = select(PriceVersion.number, UnitPrice.list_total_amount).join(
        UnitPrice, UnitPrice.version_id == PriceVersion.id
    )
    return [(number, total) for number, total in session.execute(statement.order_by(PriceVersion.number))]


def claim(session: Session, unit: Unit, *, expires_in: timedelta) -> None:
    with transaction():
        rep = make_user(session, "rep")
        deal = open_deal(session, unit, rep_id=rep.id)
        session.add(
            Claim(
                project_id=unit.project_id, unit_id=unit.id, deal_id=deal.id, kind=ClaimKind.HOLD, document_id=1,
                opened_at=clock.now(), expires_at=clock.now() + expires_in,
            )
        )  # fmt: skip


def test_unit_on_sale_is_free_once_a_permit_covers_it(session: Session, project: Project, load: Load) -> None:
    load(filing(row()))
    unit = one_unit(session)
    before = unit_state(session, unit)

    with transaction():
        session.add(
            Permit(
                project_id=project.id, number="1", issued_on=clock.business_today(), is_project_wide=True,
                created_at=clock.now(),
            )
        )  # fmt: skip

    assert (before, unit_state(session, unit)) == ("unreleased", "available")
    assert (unit.code, unit.line, unit.product, unit.shared_area) == (
        "9-1-1801", "01", Product.RESIDENTIAL, Decimal("20.00"),
    )  # fmt: skip


@pytest.mark.parametrize("word", ["已签认购书", "已签预售合同", "已产权备案", "初始登记"])
def test_unit_sold_in_any_way_is_withheld_with_the_files_own_word(
    session: Session, load: Load, word: str
) -> None:
    load(filing(row(status=word)))

    unit = one_unit(session)

    assert (unit.release_state, unit.withheld_reason, unit.source_status) == (
        ReleaseState.WITHHELD,
        word,
        word,
    )
    assert unit_state(session, unit) == "withheld"
    assert session.scalars(select(Claim)).all() == []


def test_changed_price_makes_the_next_version(session: Session, load: Load) -> None:
    load(filing(row(), row("9栋1单元1802")))

    counts = load(filing(row(price="11000.00"), row("9栋1单元1802")))

    assert counts == {"created": 0, "updated": 1, "unchanged": 1, "rejected": 0}
    assert sorted(prices(session)) == [(1, 100_000_000), (1, 100_000_000), (2, 100_000_000), (2, 110_000_000)]


def test_row_without_price_keeps_the_price_there_is(session: Session, load: Load) -> None:
    load(filing(row()))

    counts = load(filing("9栋1单元1801,100.00,,80.00,,,在售,住宅"))

    assert (counts["unchanged"], prices(session)) == (1, [(1, 100_000_000)])


def test_row_without_price_makes_a_unit_without_price(session: Session, load: Load) -> None:
    counts = load(filing("9栋1单元1801,100.00,,80.00,,,在售,住宅"))

    assert (counts["created"], prices(session)) == (1, [])


def test_tiny_figures_count_as_not_stated(session: Session, load: Load) -> None:
    counts = load(filing("9栋1单元1801,0.001,0.001,0.001,0.001,0.001,在售,住宅"))

    unit = one_unit(session)
    assert (counts["created"], unit.gross_area, unit.inner_area, prices(session)) == (1, None, None, [])


def test_decision_of_the_office_outlives_the_same_file(session: Session, load: Load) -> None:
    load(filing(row()))
    with transaction():
        withhold_unit(session, one_unit(session), actor=SYSTEM, reason="Model flat")

    counts = load(filing(row()))

    assert (counts["unchanged"], one_unit(session).withheld_reason) == (1, "Model flat")


def test_new_status_in_the_file_moves_the_unit(session: Session, load: Load) -> None:
    load(filing(row()))

    sold = load(filing(row(status="已签预售合同")))
    words = one_unit(session).withheld_reason
    filed = load(filing(row(status="已产权备案")))
    later = one_unit(session).withheld_reason
    free = load(filing(row()))

    assert [count["updated"] for count in (sold, filed, free)] == [1, 1, 1]
    assert (words, later) == ("已签预售合同", "已产权备案")
    assert one_unit(session).release_state is ReleaseState.RELEASED


def test_changed_unit_tells_its_story(session: Session, load: Load) -> None:
    load(filing(row()))

    load(filing(row(area="101.00")))

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "unit.imported")).one()
    assert entry.unit_id == one_unit(session).id
    assert '"gross_area":"100.00"' in entry.before
    assert '"gross_area":"101.00"' in entry.after


def test_claimed_unit_is_not_repriced(session: Session, project: Project, load: Load) -> None:
    load(filing(row(), row("9栋1单元1802")))
    unit = session.scalars(select(Unit).where(Unit.room_no == "1801")).one()
    claim(session, unit, expires_in=timedelta(minutes=30))
    upload = read_upload(
        session,
        project.id,
        data=filing(row(price="11000.00"), row("9栋1单元1802", price="12000.00")),
        file_name="new.csv",
    )

    with pytest.raises(RowsRejected) as refusal, transaction():
        import_file(session, project.id, actor=SYSTEM, upload=upload)
    with transaction():
        _batch, summary = import_file(session, project.id, actor=SYSTEM, upload=upload, accept_partial=True)

    error = refusal.value.summary.errors[0]
    assert (error.code, error.line, unit.code in error.message) == ("unit_taken", 2, True)
    assert (summary.updated, summary.rejected) == (1, 1)
    assert sorted(prices(session))[2:] == [(2, 100_000_000), (2, 120_000_000)]


def test_unit_whose_hold_ran_out_is_repriced(session: Session, load: Load) -> None:
    load(filing(row()))
    claim(session, one_unit(session), expires_in=timedelta(minutes=-1))

    counts = load(filing(row(price="11000.00")))

    assert (counts["updated"], prices(session)[-1]) == (1, (2, 110_000_000))


def test_sold_word_leaves_a_claimed_unit_released(session: Session, load: Load) -> None:
    load(filing(row()))
    claim(session, one_unit(session), expires_in=timedelta(minutes=30))

    counts = load(filing(row(status="已签认购书")))

    unit = one_unit(session)
    assert (counts["updated"], unit.release_state, unit.source_status) == (
        1,
        ReleaseState.RELEASED,
        "已签认购书",
    )


def test_unit_a_person_has_placed_is_not_imported_again(
    session: Session, project: Project, load: Load
) -> None:
    load(filing(row("半地下134")))
    unit = one_unit(session)
    before = (unit.building.name, unit.floor.number, unit.doubt != "")
    with transaction():
        move_units(session, project.id, actor=SYSTEM, unit_ids=[unit.id], building="3栋")

    counts = load(filing(row("半地下134")))

    unit = one_unit(session)
    assert (before, counts["unchanged"]) == (("", 0, True), 1)
    assert (unit.building.name, unit.floor.number, unit.doubt) == ("3栋", 0, "")


def test_preview_that_is_outdated_is_refused(session: Session, project: Project, load: Load) -> None:
    load(filing(row()))
    batch = _preview(session, project, filing(row(price="11000.00")))
    load(filing(row(price="10500.00")))

    with pytest.raises(PreviewOutdated), transaction():
        commit_import(session, batch, actor=SYSTEM, upload=reread_upload(session, batch))

    assert prices(session)[-1] == (2, 105_000_000)


def test_released_by_hand_stays_released(session: Session, load: Load) -> None:
    load(filing(row(status="已签认购书")))
    with transaction():
        release_unit(session, one_unit(session), actor=SYSTEM)

    counts = load(filing(row(status="已签认购书")))

    assert (counts["unchanged"], one_unit(session).release_state) == (1, ReleaseState.RELEASED)


def test_commits_at_the_same_time_have_one_effect(app: Flask, session: Session, project: Project) -> None:
    batch = _preview(session, project, filing(*[row(f"9栋1单元{number}") for number in range(1801, 1841)]))
    project_id, batch_id = project.id, batch.id
    barrier = threading.Barrier(4)
    outcomes: list[str] = []

    def commit() -> None:
        with app.test_request_context():
            found = db.session.get_one(ImportBatch, batch_id)
            upload = reread_upload(db.session(), found)
            barrier.wait()
            with transaction() as own:
                commit_import(own, found, actor=SYSTEM, upload=upload)
            outcomes.append("done")
            db.session.remove()

    threads = [threading.Thread(target=commit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session.rollback()
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.project_id == project_id)).all()
    assert outcomes == ["done"] * 4
    assert (len(session.scalars(select(Unit.id)).all()), len(prices(session))) == (40, 40)
    assert actions.count("import.committed") == 1


def _preview(session: Session, project: Project, data: bytes) -> ImportBatch:
    upload = read_upload(session, project.id, data=data, file_name="units.csv")
    with transaction():
        return preview_import(session, project.id, actor=SYSTEM, upload=upload)
