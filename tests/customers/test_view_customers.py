"""Pages of customers: list, register, change, choose, reveal."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.customers.models import Customer
from salesoffice.customers.services import register_customer
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
PAGE = "/p/P1/customers"
MAN = "34052419800101001X"
TYPED = {
    "name": "张伟", "phones": "13800138000, 0755-82001234", "sex": "", "certificate_kind": "identity_card",
    "certificate_no": MAN, "source": "walk_in", "address": "某路", "note": "",
}  # fmt: skip


@pytest.fixture
def customer(office: Office, session: Session) -> Customer:
    with transaction():
        return register_customer(
            session,
            project_id=office.project.id,
            actor=office.actor(office.rep),
            name="张伟",
            phones=["13800138000"],
            certificate_no=MAN,
            address="某路 1 号",
        )


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Customer)) or 0


def test_registering_leads_to_the_customer(office: Office, session: Session, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)

    answer = browser.post(f"{PAGE}/new", data=TYPED)

    page = browser.get(answer.location).get_data(as_text=True)
    assert answer.status_code == 302
    assert all(text in page for text in ("张伟", "13800138000", "0755-82001234", "3****************X"))
    assert MAN not in page


def test_registering_twice_makes_one(office: Office, session: Session, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)

    answers = [browser.post(f"{PAGE}/new", data={**TYPED, "nonce": "n1"}) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    assert count(session) == 1


def test_registering_a_known_phone_keeps_what_was_typed(
    office: Office, session: Session, customer: Customer, sign_in: SignIn
) -> None:
    answer = sign_in(office.other_rep).post(
        f"{PAGE}/new", data={**TYPED, "name": "李四", "certificate_no": ""}
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert all(text in page for text in ("李四", "Rep.P1", 'role="alert"'))
    assert "张伟" not in page
    assert count(session) == 1


def test_registering_with_every_field_wrong_saves_nothing(
    office: Office, session: Session, sign_in: SignIn
) -> None:
    typed = {
        "name": "", "phones": "12", "sex": "x", "certificate_kind": "x", "certificate_no": "1" * 50,
        "source": "x", "rep_id": "x",
    }  # fmt: skip

    answer = sign_in(office.assistant).post(f"{PAGE}/new", data=typed)

    assert answer.status_code == 422
    assert count(session) == 0


def test_changing_keeps_the_certificate(
    office: Office, session: Session, customer: Customer, sign_in: SignIn
) -> None:
    browser = sign_in(office.rep)
    form = browser.get(f"{PAGE}/{customer.id}/edit").get_data(as_text=True)

    answer = browser.post(f"{PAGE}/{customer.id}/edit", data={**TYPED, "certificate_no": "", "name": "张玮"})

    session.rollback()
    session.refresh(customer)
    assert MAN not in form
    assert 'value="13800138000"' in form
    assert (answer.status_code, customer.name, customer.certificate_masked) == (
        302,
        "张玮",
        "3****************X",
    )


def test_reveal_shows_the_number_once(
    office: Office, session: Session, customer: Customer, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    shown = browser.post(f"{PAGE}/{customer.id}/reveal", data={"reason": "contract"}).get_data(as_text=True)

    session.rollback()
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert MAN in shown
    assert MAN not in browser.get(f"{PAGE}/{customer.id}").get_data(as_text=True)
    assert actions[-1] == "customer.certificate_revealed"


def test_reveal_without_a_reason_shows_nothing(office: Office, customer: Customer, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).post(f"{PAGE}/{customer.id}/reveal", data={"reason": " "})

    assert answer.status_code == 422
    assert MAN not in answer.get_data(as_text=True)


def test_finance_sees_masked_phones(office: Office, customer: Customer, sign_in: SignIn) -> None:
    browser = sign_in(office.finance)

    pages = [browser.get(path).get_data(as_text=True) for path in (PAGE, f"{PAGE}/{customer.id}")]

    assert ["138****8000" in page and "13800138000" not in page for page in pages] == [True, True]
    assert "某路" not in pages[1]


def test_choosing_returns_options_of_own_customers(
    office: Office, customer: Customer, sign_in: SignIn
) -> None:
    own = sign_in(office.rep).get(f"{PAGE}/choose?q=zw").get_data(as_text=True)
    others = sign_in(office.other_rep).get(f"{PAGE}/choose?q=zw").get_data(as_text=True)

    assert f'<option value="{customer.id}">张伟 · 13800138000 · Rep.P1</option>' in own
    assert "张伟" not in others


def test_list_without_match_says_so(office: Office, customer: Customer, sign_in: SignIn) -> None:
    page = sign_in(office.assistant).get(f"{PAGE}?q=%00zzz&source=x&rep=x&page=9").get_data(as_text=True)

    assert "张伟" not in page
    assert "empty-title" in page


@pytest.mark.parametrize(
    ("person", "statuses"),
    [
        ("rep", (200, 200, 200, 200, 403)),
        ("other_rep", (200, 200, 404, 404, 403)),
        ("assistant", (200, 200, 200, 200, 422)),
        ("finance", (200, 403, 200, 403, 403)),
        ("executive", (403, 403, 403, 403, 403)),
        ("planner", (403, 403, 403, 403, 403)),
        ("stranger", (404, 404, 404, 404, 404)),
    ],
)
def test_pages_are_for(
    office: Office, customer: Customer, sign_in: SignIn, person: str, statuses: tuple[int, ...]
) -> None:
    browser = sign_in(getattr(office, person))
    one = f"{PAGE}/{customer.id}"

    found = [browser.get(path).status_code for path in (PAGE, f"{PAGE}/new", one, f"{one}/edit")]

    assert (*found, browser.post(f"{one}/reveal").status_code) == statuses


def test_pages_ask_to_sign_in(office: Office, client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in (PAGE, f"{PAGE}/new", f"{PAGE}/1")] == [302, 302, 302]
