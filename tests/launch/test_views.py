"""The pages of release batches and the checklist."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.inventory.models import ReleaseBatch, ReleaseBatchUnit
from salesoffice.launch.enums import LaunchItemKind
from salesoffice.launch.models import LaunchItem
from tests.factories import Office

SignIn = Callable[..., FlaskClient]
ENGLISH = {"Accept-Language": "en"}


def item_of(session: Session, kind: LaunchItemKind) -> int:
    """Return the id of the item of a kind, leaving no open transaction."""
    found = session.scalars(select(LaunchItem.id).where(LaunchItem.kind == kind)).one()
    session.rollback()
    return found


def test_batch_is_begun_with_its_checklist(session: Session, office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.planner).post(
        "/p/P1/launch/batches", data={"name": "首开", "planned_on": "2026-12-12"}
    )

    batch = session.scalars(select(ReleaseBatch)).one()
    assert (answer.status_code, answer.location) == (302, f"/p/P1/launch/{batch.id}")
    assert len(session.scalars(select(LaunchItem.id)).all()) == len(LaunchItemKind) - 1


def test_units_are_put_in_by_code_and_by_building(
    session: Session, office: Office, batch: ReleaseBatch, sign_in: SignIn
) -> None:
    browser = sign_in(office.planner)

    browser.post(
        f"/p/P1/launch/{batch.id}/units", data={"codes": f"{office.units[4].code}，{office.units[5].code}"}
    )
    browser.post(f"/p/P1/launch/{batch.id}/units", data={"buildings": [str(office.units[0].building_id)]})

    assert len(session.scalars(select(ReleaseBatchUnit.unit_id)).all()) == 20


def test_unknown_code_is_named_and_kept(office: Office, batch: ReleaseBatch, sign_in: SignIn) -> None:
    answer = sign_in(office.planner).post(
        f"/p/P1/launch/{batch.id}/units", data={"codes": "9-9-901"}, headers=ENGLISH
    )

    assert answer.status_code == 422
    assert "There are no units 9-9-901 in this project." in answer.text
    assert answer.text.count("9-9-901") >= 2


def test_manager_launches_and_sees_the_frozen_numbers(
    office: Office, batch: ReleaseBatch, sign_in: SignIn
) -> None:
    browser = sign_in(office.manager)

    answer = browser.post(f"/p/P1/launch/{batch.id}/launch", headers=ENGLISH, follow_redirects=True)
    again = browser.post(f"/p/P1/launch/{batch.id}/launch", headers=ENGLISH)

    assert (answer.status_code, "360.00" in answer.text, "3,600,000.00" in answer.text) == (200, True, True)
    assert (again.status_code, "This batch is “Launched” already." in again.text) == (409, True)


def test_planner_may_not_launch(office: Office, batch: ReleaseBatch, sign_in: SignIn) -> None:
    assert sign_in(office.planner).post(f"/p/P1/launch/{batch.id}/launch").status_code == 403


def test_item_gets_owner_day_and_paper(
    session: Session, office: Office, batch: ReleaseBatch, sign_in: SignIn
) -> None:
    item_id = item_of(session, LaunchItemKind.CERTIFICATE_LAND_USE)
    browser = sign_in(office.assistant)

    browser.post(
        f"/p/P1/launch/items/{item_id}",
        data={
            "owner_id": str(office.assistant.id),
            "due_on": "2026-12-10",
            "file": (io.BytesIO(b"%PDF-1.7 paper"), "证.pdf"),
        },
    )

    found = session.get_one(LaunchItem, item_id)
    paper = browser.get(f"/p/P1/launch/items/{item_id}/file")
    assert (found.owner_id, found.due_on.isoformat(), paper.data) == (
        office.assistant.id,
        "2026-12-10",
        b"%PDF-1.7 paper",
    )


@pytest.mark.parametrize("data", [b"MZ program", b""])
def test_file_that_is_no_paper_is_refused(
    session: Session, office: Office, batch: ReleaseBatch, sign_in: SignIn, data: bytes
) -> None:
    item_id = item_of(session, LaunchItemKind.CERTIFICATE_LAND_USE)

    answer = sign_in(office.assistant).post(
        f"/p/P1/launch/items/{item_id}", data={"note": "kept", "file": (io.BytesIO(data), "x.pdf")}
    )

    found = session.get_one(LaunchItem, item_id)
    assert (answer.status_code, found.file_id) == ((422 if data else 302), None)


def test_item_is_ticked_and_skipped_from_the_page(
    session: Session, office: Office, batch: ReleaseBatch, sign_in: SignIn
) -> None:
    papers, forms = (
        item_of(session, kind) for kind in (LaunchItemKind.MORTGAGE_PAPERS, LaunchItemKind.ORDER_FORMS)
    )
    browser = sign_in(office.assistant)

    browser.post(f"/p/P1/launch/items/{papers}/done")
    browser.post(f"/p/P1/launch/items/{forms}/skip", data={"note": "系统打印"})

    states = {item_id: session.get_one(LaunchItem, item_id).state.value for item_id in (papers, forms)}
    assert states == {papers: "done", forms: "not_needed"}


def test_index_says_what_to_do_when_empty(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.executive).get("/p/P1/launch", headers=ENGLISH)

    assert "No release batch yet" in page.text
    assert "Begin the batch" not in page.text
