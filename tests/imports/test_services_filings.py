"""The eight real filings, committed and read back from the database by SQL."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from salesoffice.imports.models import ImportBatch
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory import queries as inventory
from salesoffice.inventory.models import Building, Floor, Section, Unit
from salesoffice.pricing import queries as pricing
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.projects.models import Project

FILINGS = {
    "京基御景印象家园": (716, 6_291_704, 89_684_050_972, 0),
    "信义御城豪园": (378, 3_334_375, 65_020_627_290, 0),
    "华苑": (302, 1_946_105, 102_592_003_990, 302),
    "和润花园": (64, 565_859, 17_700_603_481, 64),
    "嘉霖悦禧园": (521, 3_141_549, 157_573_830_508, 0),
    "怀德广场": (1195, 16_787_813, 452_866_256_500, 0),
    "花语馨花园": (647, 5_983_012, 272_591_318_683, 0),
    "长富金茂大厦": (247, 9_271_198, 432_493_004_200, 0),
}


@pytest.mark.parametrize("name", FILINGS)
def test_filing_is_in_the_database_to_the_fen_and_again_changes_nothing(
    session: Session, project: Project, load: Callable[..., dict[str, int]], filings: Path, name: str
) -> None:
    data = (filings / f"{name}.csv").read_bytes()
    count, area, total, doubts = FILINGS[name]

    first = load(data, f"{name}.csv")
    second = load(data, f"{name}.csv")

    assert first == {"created": count, "updated": 0, "unchanged": 0, "rejected": 0}
    assert second == {"created": 0, "updated": 0, "unchanged": count, "rejected": 0}
    assert _read_totals(session, project) == (count, area, total)
    assert _count_unplaced(session, project) == inventory.count_doubts(session, project.id) == doubts
    assert session.scalars(select(PriceVersion.number)).all() == [1]
    assert [*inventory.find_breaches(session), *pricing.find_breaches(session)] == []


def test_filing_writes_one_audit_entry_however_many_units_it_adds(
    session: Session, load: Callable[..., dict[str, int]], filings: Path
) -> None:
    load((filings / "信义御城豪园.csv").read_bytes())

    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all()

    assert actions == ["project.created", "price_version.published", "import.committed"]


def test_filing_of_which_the_building_is_told_later_is_put_in_its_place(
    session: Session, project: Project, load: Callable[..., dict[str, int]], filings: Path
) -> None:
    data = (filings / "华苑.csv").read_bytes()
    load(data)

    told = load(data, building="1栋")
    again = load(data)

    assert told == {"created": 0, "updated": 302, "unchanged": 0, "rejected": 0}
    assert again == {"created": 0, "updated": 0, "unchanged": 302, "rejected": 0}
    assert _count_unplaced(session, project) == inventory.count_doubts(session, project.id) == 0


def test_office_template_is_imported_for_a_building(
    session: Session, load: Callable[..., dict[str, int]], shared_data: Path
) -> None:
    path = shared_data / "templates" / "room_import_price_template_2007.xlsx"

    counts = [load(path.read_bytes(), path.name, building="2栋") for _ in range(2)]

    assert [(count["created"], count["unchanged"]) for count in counts] == [(8, 0), (0, 8)]
    assert set(session.scalars(select(Building.name))) == {"2栋"}


def test_board_of_the_authority_is_imported_with_and_without_prices(
    session: Session, project: Project, load: Callable[..., dict[str, int]], shared_data: Path
) -> None:
    data = (shared_data / "board" / "beijing_building_1.csv").read_bytes()

    counts = [load(data) for _ in range(2)]

    assert [(count["created"], count["unchanged"]) for count in counts] == [(44, 0), (0, 44)]
    states = session.execute(
        select(Unit.release_state, func.count()).group_by(Unit.release_state).order_by(Unit.release_state)
    ).all()
    assert [tuple(row) for row in states] == [("released", 3), ("withheld", 41)]
    assert session.scalar(select(func.count()).select_from(ImportBatch)) == 2


def _read_totals(session: Session, project: Project) -> tuple[int, int, int]:
    version = pricing.get_version(session, project.id)
    statement = (
        select(
            func.count(Unit.id),
            func.sum(type_coerce(Unit.gross_area, BigInteger)),
            func.sum(UnitPrice.list_total_amount),
        )
        .join(UnitPrice, UnitPrice.unit_id == Unit.id)
        .where(Unit.project_id == project.id, UnitPrice.version_id == version.id)
    )
    count, area, total = session.execute(statement).one()
    return count, int(area), int(total)


def _count_unplaced(session: Session, project: Project) -> int:
    statement = (
        select(func.count(Unit.id))
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .where(Unit.project_id == project.id, (Building.name == "") | Floor.number.is_(None))
    )
    return session.scalar(statement) or 0
