"""Choosing, filling in, looking at what a change would do, sending it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.core import clock
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription
from salesoffice.staff.models import User
from tests.changes.sales import require_approval
from tests.conftest import Do
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
PATH = "/p/P1/deals/D000001/changes/new"


def typed(**changes: str) -> dict[str, str]:
    """What the person types: the buyer's wish, today."""
    today = clock.business_today().isoformat()
    common = {"reason_code": "buyers_wish", "reason": "客户申请", "signed_on": today, "attributed_on": today}
    return {**common, "step": "look", "nonce": "n1"} | changes


def seen_in(text: str) -> str:
    """Read the fingerprint that the page sends back."""
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', text)
    assert found is not None
    return found[1]


@pytest.mark.usefixtures("sale")
def test_kinds_are_offered_with_the_reason_why_not(office: Office, sign_in: SignIn) -> None:
    text = sign_in(office.assistant).get(PATH).get_data(as_text=True)

    possible, _, refused = text.partition("现在不能办理")
    assert ("延期签约" in possible, "退订/退房" in possible) == (True, True)
    assert ("撤销备案" in refused, "挞定恢复" in refused) == (True, True)


def test_change_is_looked_at_before_it_is_sent(
    session: Session, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    browser, path = sign_in(office.manager), f"{PATH}/cancellation"

    shown = browser.get(path)
    looked = browser.post(path, data=typed(fault="buyer"))
    count = session.scalar(select(func.count()).select_from(Change))
    session.rollback()
    seen = seen_in(looked.get_data(as_text=True))
    sent = browser.post(path, data=typed(fault="buyer", step="send", seen=seen))
    twice = browser.post(path, data=typed(fault="buyer", step="send", seen=seen))

    change = session.scalars(select(Change)).one()
    assert (shown.status_code, looked.status_code, count, sent.status_code) == (200, 200, 0, 302)
    assert "50,000.00" in looked.get_data(as_text=True)
    assert (sent.location, change.state) == ("/p/P1/changes/BG000001", ChangeState.APPLIED)
    assert twice.status_code == 302
    assert session.get_one(Subscription, sale.id).state is SubscriptionState.CANCELLED


def test_sending_something_else_than_was_looked_at_shows_it_again(
    session: Session, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    browser, path = sign_in(office.manager), f"{PATH}/extension"
    seen = seen_in(browser.post(path, data=typed(days="3")).get_data(as_text=True))

    again = browser.post(path, data=typed(days="30", step="send", seen=seen))

    assert again.status_code == 200
    assert (sale.sign_by + timedelta(days=30)).isoformat() in again.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Change)) == 0


@pytest.mark.usefixtures("sale")
def test_assistant_sees_who_decides_and_sends(
    session: Session, do: Do, office: Office, sign_in: SignIn
) -> None:
    browser, path = sign_in(office.assistant), f"{PATH}/extension"
    alone = browser.post(path, data=typed(days="3")).get_data(as_text=True)
    do(lambda writing: require_approval(writing, office, ChangeKind.EXTENSION))

    looked = browser.post(path, data=typed(days="3")).get_data(as_text=True)
    sent = browser.post(path, data=typed(days="3", step="send", seen=seen_in(looked)))

    assert ("只有经理可以办理" in alone, "审批人" in looked) == (True, True)
    assert sent.status_code == 302
    assert session.scalars(select(Change.state)).all() == [ChangeState.REQUESTED]


@pytest.mark.usefixtures("sale")
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"days": ""}, 422),
        ({"days": "0"}, 422),
        ({"reason": ""}, 422),
        ({"reason_code": "x"}, 422),
        ({"signed_on": "x"}, 422),
    ],
)
def test_bad_input_stays_on_the_page(
    office: Office, sign_in: SignIn, changes: dict[str, str], status: int
) -> None:
    answer = sign_in(office.manager).post(f"{PATH}/extension", data=typed(**({"days": "3"} | changes)))

    assert answer.status_code == status


@pytest.mark.usefixtures("sale")
def test_refusal_of_the_kind_stays_on_the_page(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.manager).post(f"{PATH}/void", data=typed())

    assert answer.status_code == 409
    assert "请改为办理退订" in answer.get_data(as_text=True)
    assert "客户申请" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("sale")
def test_wrong_people_and_addresses_are_kept_out(
    client: FlaskClient, office: Office, sign_in: SignIn
) -> None:
    paths = (PATH, f"{PATH}/extension")

    statuses = {
        sign_in(getattr(office, name)).get(path).status_code for path in paths for name in ("rep", "finance")
    }

    assert statuses == {403}
    assert {sign_in(office.stranger).get(path).status_code for path in paths} == {404}
    assert {client.get(path).status_code for path in paths} == {302}
    assert sign_in(office.manager).get(f"{PATH}/nonsense").status_code == 404
    assert sign_in(office.admin).get(PATH.replace("/P1/", "/P1-OTHER/")).status_code == 404
