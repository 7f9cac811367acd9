"""Registers, final surveys and lists of customers, committed and read back from the database."""

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotAllowed
from salesoffice.core.permissions import SYSTEM, Actor
from salesoffice.customers.enums import Source
from salesoffice.customers.models import Customer, Visit
from salesoffice.imports.enums import ImportKind
from salesoffice.imports.models import ImportBatch
from salesoffice.imports.rules.summary import Summary
from salesoffice.imports.services import import_file, read_upload
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import AreaEdition, ReleaseState
from salesoffice.inventory.models import Unit, UnitArea
from salesoffice.pricing.models import UnitPrice
from salesoffice.projects.models import Project
from tests.factories import Office

CUSTOMER_HEADER = "来访日期,姓名,需求面积,年龄,购买用途,总价,关注问题,知道途径,居住区域,手机号,固定电话,职业,需要户型,备注,销售员"
SURVEY_HEADER = "测绘单位,测绘日期,楼栋,楼层,房号,测绘建筑面积,测绘套内建筑面积"


def bring(
    session: Session,
    project_id: int,
    data: bytes,
    name: str = "file.csv",
    *,
    actor: Actor = SYSTEM,
    building: str = "",
) -> Summary:
    upload = read_upload(session, project_id, data=data, file_name=name, building=building)
    with transaction() as writing:
        return import_file(writing, project_id, actor=actor, upload=upload, accept_partial=True)[1]


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.created, summary.updated, summary.unchanged, summary.rejected


@pytest.mark.parametrize(
    ("name", "units", "priced", "contracts"),
    [
        ("光明-星河天地华邸", 712, 712, 0),
        ("宝安-深国际万科和雅轩", 702, 507, 195),
        ("盐田-二期御景佳园", 1394, 1359, 35),
        ("龙岗-利德悦府", 501, 43, 458),
    ],
)
def test_register_is_in_the_database_and_again_changes_nothing(
    session: Session,
    project: Project,
    load: Callable[..., dict[str, int]],
    shared_data: Path,
    name: str,
    units: int,
    priced: int,
    contracts: int,
) -> None:
    data = (shared_data / "presale_gbk" / f"{name}.csv").read_bytes()

    first, second = load(data, "a.csv"), load(data, "a.csv")

    withheld = select(func.count()).where(
        Unit.release_state == ReleaseState.WITHHELD,
        Unit.withheld_reason.contains("网预买字"),
        Unit.withheld_reason == Unit.source_status,
    )
    assert first == {"created": units, "updated": 0, "unchanged": 0, "rejected": 0}
    assert second == {"created": 0, "updated": 0, "unchanged": units, "rejected": 0}
    assert session.scalar(select(func.count()).select_from(UnitPrice)) == priced
    assert session.scalar(withheld) == contracts
    assert session.scalar(select(func.count()).where(Unit.release_state == ReleaseState.RELEASED)) == 0


def test_final_areas_of_a_register_wait_for_their_check(
    session: Session, project: Project, load: Callable[..., dict[str, int]]
) -> None:
    record = (
        "项目楼栋情况,云庭1栋,座号,A,合同号,--,拟售价格,50000元/平方米(按建筑面积计)楼层,5,房号,501,用途,住宅,,建筑面积100.5平方米,"
        "户内面积,80.25平方米,分摊面积,20.25平方米,户内面积,80.5平方米,分摊面积20.3平方米,建筑面积,100.8平方米\r\n"
    ).encode("gbk")

    first, second = load(record, "a.csv"), load(record, "a.csv")

    unit, area = session.scalars(select(Unit)).one(), session.scalars(select(UnitArea)).one()
    assert (first["created"], second["unchanged"]) == (1, 1)
    assert (unit.gross_area, unit.area_edition) == (Decimal("100.50"), AreaEdition.PRESALE)
    assert (area.edition, area.gross_area, area.inner_area, area.shared_area, area.checked_at) == (
        AreaEdition.FINAL, Decimal("100.80"), Decimal("80.50"), Decimal("20.30"), None,
    )  # fmt: skip


def test_office_survey_names_units_and_differences(
    session: Session, project: Project, shared_data: Path
) -> None:
    folder = shared_data / "templates"
    units = (folder / "room_import_price_template_2007.xlsx").read_bytes()
    survey = (folder / "survey_area_import_template_2007.xlsx").read_bytes()
    bring(session, project.id, units, "units.xlsx", building="6栋")

    first = bring(session, project.id, survey, "survey.xlsx", building="6栋")
    second = bring(session, project.id, survey, "survey.xlsx", building="6栋")
    elsewhere = bring(session, project.id, survey, "survey.xlsx", building="7栋")

    areas = session.execute(select(UnitArea.surveyor, UnitArea.surveyed_on, UnitArea.edition)).all()
    assert (first.profile, first.kind, first.rows) == ("office_survey", "areas", 8)
    assert (counts(first), counts(second), counts(elsewhere)) == ((0, 8, 0, 0), (0, 0, 8, 0), (0, 0, 0, 8))
    assert {(one.line, one.code) for one in first.warnings} == {(0, "sheet_not_read")}
    assert elsewhere.errors[0].code == "unit_unknown"
    assert "7栋" in elsewhere.errors[0].message
    assert (len(areas), areas[0]) == (8, ("房管局", dt.date(2007, 12, 10), AreaEdition.FINAL))


def test_survey_that_differs_much_is_told_and_ambiguous_rooms_are_rejected(
    session: Session, office: Office
) -> None:
    unit = office.units[0]
    other = unit.floor.label
    rows = [
        f"测绘院,2026-11-01,{unit.building.name},{other},{unit.room_no},110.00,88.00",
        f"测绘院,2026-11-01,{unit.building.name},{other},{unit.room_no},110.00,88.00",
        f"测绘院,2026-11-01,{unit.building.name},{other},9999,110.00,88.00",
        f"测绘院,2026-11-01,{unit.building.name},{other},{unit.room_no},,",
    ]

    summary = bring(session, office.project.id, "\n".join([SURVEY_HEADER, *rows]).encode(), actor=SYSTEM)

    assert [error.code for error in summary.errors] == ["duplicate_row", "unit_unknown", "area_missing"]
    assert counts(summary) == (0, 1, 0, 3)
    assert [warning.code for warning in summary.warnings] == ["area_differs"]


def test_survey_without_a_building_asks_for_it(session: Session, project: Project) -> None:
    data = "楼层,房号,测绘建筑面积\n1,1A,53.95\n".encode()

    with pytest.raises(DomainError) as refusal:
        read_upload(session, project.id, data=data, file_name="survey.csv")

    assert refusal.value.code == "building_required"


def test_only_the_sheet_with_a_header_is_read(session: Session, project: Project) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        plain, good = book.add_worksheet("数据"), book.add_worksheet("房源")
        plain.write_row(0, 0, ["1栋", "1", "101", 88.5])
        good.write_row(0, 0, ["楼栋", "楼层", "房号", "建筑面积"])
        good.write_row(1, 0, ["1栋", "1", "101", 88.5])

    summary = bring(session, project.id, stream.getvalue(), "units.xlsx")

    assert (counts(summary), summary.warnings[0].code) == ((1, 0, 0, 0), "sheet_not_read")


def make_customers(*rows: str) -> bytes:
    return "\n".join([CUSTOMER_HEADER, *rows, ""]).encode("gbk")


def test_customers_are_registered_with_their_visits_once(session: Session, office: Office) -> None:
    name = office.rep.name
    data = make_customers(
        f"2026-01-05,王小明,90-110,35,自住,300万,学位,朋友介绍,南山,138 1234 5678,,教师,三房,喜欢高层,{name}",
        ",李四,,,,,,报纸,,,0755-82001234,,,,",
    )

    first = bring(session, office.project.id, data, "customers.csv")
    second = bring(session, office.project.id, data, "customers.csv")

    statement = select(Customer).where(Customer.name.in_(["王小明", "李四"])).order_by(Customer.id)
    ming, four = session.scalars(statement).all()
    visit = session.scalars(select(Visit).where(Visit.customer_id == ming.id)).one()
    assert (first.profile, first.kind, counts(first), counts(second)) == (
        "office_customers", "customers", (2, 0, 0, 0), (0, 0, 2, 0),
    )  # fmt: skip
    assert ([one.number for one in ming.phones], ming.source, ming.rep_id) == (
        ["13812345678"], Source.REFERRAL, office.rep.id,
    )  # fmt: skip
    assert (visit.happened_on, visit.is_first, visit.rep_id) == (dt.date(2026, 1, 5), True, office.rep.id)
    assert visit.wants == "需求面积：90-110；需要户型：三房；总价：300万；购买用途：自住；关注问题：学位"
    assert (four.source, four.phones[0].number, four.rep_id) == (Source.PRESS, "0755-82001234", None)
    assert ming.note == "喜欢高层；年龄：35；职业：教师；居住区域：南山"


def test_customers_that_cannot_be_right_are_rejected_by_name(session: Session, office: Office) -> None:
    tomorrow = clock.business_today() + dt.timedelta(days=1)
    data = make_customers(
        ",,,,,,,,,13812345678,,,,,",
        ",王一,,,,,,,,,,,,,",
        ",王二,,,,,,,,12345,,,,,",
        ",王三,,,,,,,,13812345679,,,,,没有这人",
        f"{tomorrow},王四,,,,,,,,13812345670,,,,,",
        "合计,5,,,,,,,,,,,,,",
        ",王五,,,,,,,,13812345671,,,,,",
        ",王六,,,,,,,,13812345671,,,,,",
        ",王七,,,,,,,,13812345672",
    )

    summary = bring(session, office.project.id, data, "customers.csv")

    assert [(error.line, error.code) for error in summary.errors] == [
        (2, "name_missing"), (3, "phone_missing"), (4, "phone_invalid"), (5, "rep_unknown"), (6, "day_in_future"),
        (7, "placeholder_row"), (10, "row_incomplete"),
    ]  # fmt: skip
    assert "没有这人" in summary.errors[3].message
    assert counts(summary) == (1, 0, 1, 7)
    assert [warning.code for warning in summary.warnings] == [
        "rep_missing",
        "day_missing",
        "customer_repeated",
    ]


def test_phones_of_a_list_are_neither_in_the_preview_nor_in_the_audit(
    session: Session, office: Office
) -> None:
    data = make_customers(",王小明,,,,,,,,13812345678,0755-82001234,,,,", ",张三丰,,,,,,,,13812345,,,,,")

    summary = bring(session, office.project.id, data, "customers.csv")

    kept = session.scalars(select(ImportBatch).where(ImportBatch.kind == ImportKind.CUSTOMERS)).one()
    audit = session.execute(select(AuditEntry.before, AuditEntry.after)).all()
    for text in (kept.preview, kept.result, str(audit), str(summary)):
        assert not any(number in text for number in ("13812345678", "82001234", "13812345"))


def test_list_of_customers_is_not_for_who_may_not_see_all(session: Session, office: Office) -> None:
    data = make_customers(",王小明,,,,,,,,13812345678,,,,,")

    with pytest.raises(NotAllowed):
        bring(session, office.project.id, data, "customers.csv", actor=office.actor(office.rep))

    assert session.scalar(select(func.count()).where(Customer.name == "王小明")) == 0
