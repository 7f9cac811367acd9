"""Units that an imported file marks as sold: counted as left, and told apart; rows in the order people read them."""

import json
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from sqlalchemy import select

from salesoffice.core.permissions import SYSTEM
from salesoffice.dailylog.documents import build_page, render_frozen, render_log_pdf
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.tasks import close_and_send_due
from salesoffice.imports.services import import_file, read_upload
from salesoffice.infra.db import db
from salesoffice.infra.i18n import speak
from salesoffice.inventory.models import Unit, UnitType
from salesoffice.inventory.services import release_unit, withhold_unit
from tests.dailylog.conftest import CloseDay
from tests.factories.day import DAY, FIRST_DAY, Days, clock_at

HEADER = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注"
WORDS = {
    "10栋A座101": "已签预售合同",
    "10栋A座102": "在售",
    "2栋A座101": "已产权备案",
    "2栋A座102": "已备案",
    "2栋A座103": "抵押",
    "2栋A座104": "在售",
}
SHARE = "去化率 0.00%＝本系统已售 0 套÷已推 26 套"


def load(days: Days, words: dict[str, str], day: date = FIRST_DAY) -> None:
    """Import units with their words for the sale, at 9:00."""
    rows = [f"{label},90.00,10000.00,72.00,,900000.00,{word},住宅" for label, word in words.items()]
    load_file(days, "\n".join([HEADER, *rows, ""]).encode(), day)


def load_file(days: Days, data: bytes, day: date = FIRST_DAY) -> None:
    """Import a file at 9:00."""
    with days.at(day, 9) as session:
        upload = read_upload(session, days.office.project.id, data=data, file_name="filing.csv")
        import_file(session, days.office.project.id, actor=SYSTEM, upload=upload)


@pytest.fixture
def filed(days: Days) -> Days:
    """An import with three units that are sold by the file; two others are withheld by hand."""
    load(days, WORDS)
    manager = days.actor(days.office.manager)
    with days.at(FIRST_DAY, 10) as session:
        withhold_unit(session, find(days, "2", "103"), actor=manager, reason="抵押")
        withhold_unit(session, find(days, "2", "104"), actor=manager, reason="kept for a partner")
    return days


def find(days: Days, building: str, room: str) -> Unit:
    """Find an imported unit in the transaction that is open."""
    statement = select(Unit).where(Unit.building.has(name=f"{building}栋"), Unit.room_no == room)
    return db.session.scalars(statement).one()


def release(days: Days, building: str, room: str, day: date, hour: int) -> None:
    """Release a unit on its own page."""
    with days.at(day, hour) as session:
        release_unit(session, find(days, building, room), actor=days.actor(days.office.manager))


def counts(log: DailyLog, listing: str = "by_building") -> list[tuple[str, int, int, int]]:
    """Return the rows of the stock and the total as (name, left, withheld, sold by the file)."""
    stock = json.loads(log.snapshot)["stock"]
    rows: Sequence[dict[str, Any]] = [*stock[listing], stock["total"]]
    return [(row["name"], row["left"], row["withheld"], row["sold_by_file"]) for row in rows]


def read(days: Days, log: DailyLog, form: str) -> str:
    """Return what one form of the log shows."""
    if form != "pdf":
        return str(getattr(log, form))
    with days.app.test_request_context():
        reader = pypdf.PdfReader(BytesIO(render_log_pdf(log)))
    return "".join(page.extract_text() for page in reader.pages).replace("\n", "")


def test_stock_tells_what_the_file_sold_from_what_is_withheld_by_hand(filed: Days, close: CloseDay) -> None:
    log = close(FIRST_DAY)

    assert counts(log) == [("1栋", 20, 0, 0), ("2栋", 4, 4, 2), ("10栋", 2, 1, 1), ("", 26, 5, 3)]
    assert json.loads(log.snapshot)["stock"]["sell_through"] == "0.0000"


@pytest.mark.parametrize("form", ["html", "text", "pdf"])
def test_every_form_says_what_the_file_sold(filed: Days, close: CloseDay, form: str) -> None:
    log = close(FIRST_DAY)

    shown = read(filed, log, form)
    times = [shown.count(f"其中导入文件标明已售 {number} 套") for number in (0, 1, 2, 3)]
    assert times == [0, 1, 1, 2]
    assert [part for part in ("26 套", SHARE, "列为销控，计入剩余，不计入已售") if part not in shown] == []


def test_text_has_the_headline_and_the_row(filed: Days, close: CloseDay) -> None:
    lines = close(FIRST_DAY).text.splitlines()

    assert f"剩余房源: 26 套 (其中导入文件标明已售 3 套; {SHARE})" in lines
    assert (
        "2栋: 剩余 4 (未推 0, 待售 0, 销控 4, 锁房 0, 小订 0, 已认购 0, 已签约 0); 其中导入文件标明已售 2 套"
        in lines
    )


@pytest.mark.parametrize("form", ["html", "text", "pdf"])
def test_nothing_is_said_without_such_units(friday: Days, close: CloseDay, form: str) -> None:
    log = close(DAY)

    shown = read(friday, log, form)
    assert "导入文件" not in shown
    assert "去化率 10.00%＝本系统已售 2 套÷已推 20 套" in shown


def test_released_unit_is_sold_by_the_file_no_more(filed: Days, close: CloseDay) -> None:
    close(FIRST_DAY)
    release(filed, "2", "101", DAY, 9)

    log = close(DAY)

    assert counts(log) == [("1栋", 20, 0, 0), ("2栋", 4, 3, 1), ("10栋", 2, 1, 1), ("", 26, 4, 2)]


def test_unit_withheld_by_hand_instead_is_sold_by_the_file_no_more(filed: Days, close: CloseDay) -> None:
    close(FIRST_DAY)
    with filed.at(DAY, 9) as session:
        manager = filed.actor(filed.office.manager)
        withhold_unit(session, find(filed, "2", "101"), actor=manager, reason="dispute")

    log = close(DAY)

    assert counts(log)[-1] == ("", 26, 5, 2)


def test_missed_day_counts_what_its_end_knew(filed: Days, close: CloseDay) -> None:
    release(filed, "2", "101", DAY, 8)
    load(filed, {"10栋A座101": "在售"}, DAY)

    missed, today = close(FIRST_DAY, on=DAY), close(DAY)

    assert counts(missed)[-1] == ("", 26, 5, 3)
    assert counts(today)[-1] == ("", 26, 3, 1)


def test_real_filing_is_counted_to_the_unit(days: Days, close: CloseDay, shared_data: Path) -> None:
    load_file(days, (shared_data / "filing_utf8" / "信义御城豪园.csv").read_bytes())

    log = close(FIRST_DAY)

    assert counts(log)[-1] == ("", 20 + 378, 339, 339)


def test_snapshot_from_before_the_figure_is_still_shown(filed: Days, close: CloseDay) -> None:
    snapshot = json.loads(close(FIRST_DAY).snapshot)
    stock = snapshot["stock"]
    for row in (stock["total"], *stock["by_building"], *stock["by_type"], *stock["by_product"]):
        del row["sold_by_file"]

    with filed.app.test_request_context():
        frozen = render_frozen(snapshot, "0" * 64)

    assert f"剩余房源: 26 套 ({SHARE})" in frozen.text.splitlines()
    assert "导入文件" not in frozen.html + frozen.text


def test_types_and_buildings_stand_in_natural_order(filed: Days, close: CloseDay) -> None:
    project = filed.office.project
    with filed.at(FIRST_DAY, 11) as session:
        for index, name in enumerate(("C", "B10", "A2", "B2", "B", "A")):
            kind = UnitType(project_id=project.id, name=name)
            session.add(kind)
            session.flush()
            session.get_one(Unit, filed.office.units[index].id).unit_type_id = kind.id

    log = close(FIRST_DAY)

    assert [row[0] for row in counts(log, "by_type")[:-1]] == ["A", "A2", "B", "B2", "B10", "C", ""]
    assert [row[0] for row in counts(log)[:-1]] == ["1栋", "2栋", "10栋"]


def test_log_closed_by_itself_says_so(days: Days) -> None:
    with clock_at(DAY, 18, 30), days.app.test_request_context():
        close_and_send_due()
    with days.at(DAY, 19) as session, speak("en"):
        log = session.scalars(select(DailyLog)).one()
        english = build_page(json.loads(log.snapshot)).closed_by

    assert "系统自动 于 2026-11-20 18:30 关账。" in log.text
    assert "系统自动 于 2026-11-20 18:30 关账。" in log.html
    assert english == "System, by itself"
