"""The list of changes, its print and its workbook; the page of one change with its buttons."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.reservations.models import Subscription
from salesoffice.staff.models import User
from tests.changes.sales import ask, require_approval
from tests.conftest import Do
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def asked(do: Do, office: Office, sale: Subscription) -> Change:
    """An extension by five days that waits for the manager."""
    do(lambda session: require_approval(session, office, ChangeKind.EXTENSION))
    return do(
        lambda session: ask(session, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=5)
    )


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("", True),
        ("?q=BG000001", True),
        ("?q=1-A-101", True),
        ("?q=张甲", True),
        ("?q=%25", False),
        ("?kind=extension&state=requested", True),
        ("?kind=swap", False),
        ("?state=applied", False),
        ("?kind=nonsense&state=nonsense", True),
    ],
)
def test_changes_are_searched(office: Office, sign_in: SignIn, query: str, is_found: bool) -> None:
    browser = sign_in(office.assistant)

    texts = [browser.get(f"/p/P1/changes{path}{query}").get_data(as_text=True) for path in ("", "/print")]

    assert ["BG000001</a>" in texts[0], "<td>BG000001</td>" in texts[1]] == [is_found, is_found]


@pytest.mark.usefixtures("asked")
def test_list_is_a_workbook(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).get("/p/P1/changes/export.xlsx")

    rows = list(load_workbook(BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[4][:5] == ("BG000001", "延期签约", "待审批", "D000001", "1-A-101")


@pytest.mark.usefixtures("asked")
def test_rep_sees_no_changes_of_others(office: Office, sign_in: SignIn) -> None:
    own, other = (
        sign_in(user).get("/p/P1/changes").get_data(as_text=True) for user in (office.rep, office.other_rep)
    )

    assert ("BG000001" in own, "BG000001" in other) == (True, False)
    assert sign_in(office.other_rep).get("/p/P1/changes/BG000001").status_code == 404


def test_change_is_shown_and_withdrawn_by_its_applicant(
    session: Session, office: Office, asked: Change, sign_in: SignIn
) -> None:
    browser, path = sign_in(office.assistant), "/p/P1/changes/BG000001"

    shown = browser.get(path).get_data(as_text=True)
    other = sign_in(office.manager)
    refused = other.post(f"{path}/withdraw")
    done = browser.post(f"{path}/withdraw", follow_redirects=True)
    again = browser.post(f"{path}/withdraw")

    assert ("客户申请" in shown, "/withdraw" in shown) == (True, True)
    assert "/withdraw" not in other.get(path).get_data(as_text=True)
    assert (refused.status_code, done.status_code, again.status_code) == (403, 200, 409)
    assert session.get_one(Change, asked.id, populate_existing=True).state is ChangeState.WITHDRAWN


def test_change_is_undone_on_its_page(
    session: Session, do: Do, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    made = do(lambda writing: ask(writing, office, sale.deal, ChangeKind.EXTENSION, days=5))
    browser, path = sign_in(office.manager), f"/p/P1/changes/{made.number}"

    shown = browser.get(path).get_data(as_text=True)
    done = browser.post(f"{path}/undo")
    again = browser.post(f"{path}/undo")

    assert ("/undo" in shown, done.status_code, again.status_code) == (True, 302, 409)
    assert session.get_one(Change, made.id, populate_existing=True).state is ChangeState.UNDONE


@pytest.mark.usefixtures("asked")
def test_deal_page_shows_its_changes(office: Office, sign_in: SignIn) -> None:
    text = sign_in(office.assistant).get("/p/P1/deals/D000001").get_data(as_text=True)

    assert ("/p/P1/changes/BG000001" in text, "/changes/new" in text, "提出变更申请" in text) == (
        True,
        True,
        True,
    )
