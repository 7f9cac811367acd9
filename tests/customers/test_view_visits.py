"""Pages of calls and visits: the day, and recording one with a new customer."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.customers.models import Customer, Visit
from salesoffice.customers.services import register_customer
from salesoffice.infra.db import transaction
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
PAGE = "/p/P1/visits"


def typed(**changes: str) -> dict[str, str]:
    values = {
        "kind": "visit",
        "is_first": "y",
        "source": "online",
        "happened_on": str(clock.business_today()),
    }
    return {**values, **changes}


def visits(session: Session) -> list[Visit]:
    session.rollback()
    return list(session.scalars(select(Visit).order_by(Visit.id)))


def test_visit_with_a_new_customer_records_both(office: Office, session: Session, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)

    answer = browser.post(f"{PAGE}/new", data=typed(name="王芳", phones="13600136003", wants="三房"))

    page = browser.get(answer.location).get_data(as_text=True)
    (visit,) = visits(session)
    assert visit.customer is not None
    assert (visit.customer.name, visit.customer.rep_id, visit.rep_id) == (
        "王芳",
        office.rep.id,
        office.rep.id,
    )
    assert all(text in page for text in ("王芳", "三房"))


def test_visit_sent_twice_is_one(office: Office, session: Session, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)

    answers = [browser.post(f"{PAGE}/new", data=typed(nonce="n1")) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(visits(session)) == 1


def test_visit_of_a_known_phone_offers_that_customer(
    office: Office, session: Session, sign_in: SignIn
) -> None:
    with transaction():
        customer = register_customer(
            session,
            project_id=office.project.id,
            actor=office.actor(office.rep),
            name="王芳",
            phones=["13600136003"],
        )

    answer = sign_in(office.rep).post(f"{PAGE}/new", data=typed(name="王芳", phones="13600136003"))

    assert answer.status_code == 409
    assert f"{PAGE}/new?customer_id={customer.id}" in answer.get_data(as_text=True)
    assert visits(session) == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"source": ""}, 422),
        ({"kind": "x"}, 422),
        ({"happened_on": "2199-01-01"}, 422),
        ({"happened_on": "soon"}, 422),
        ({"phones": "13600136003"}, 422),
        ({"name": "王芳", "phones": "12"}, 422),
        ({"customer_id": "99999"}, 404),
        ({"customer_id": "1", "name": "王芳"}, 422),
    ],
)
def test_visit_that_cannot_be_is_refused_whole(
    office: Office, session: Session, sign_in: SignIn, changes: dict[str, str], status: int
) -> None:
    answer = sign_in(office.rep).post(f"{PAGE}/new", data=typed(**changes))

    assert answer.status_code == status
    assert visits(session) == []
    assert session.scalars(select(Customer)).all() == []


def test_rep_sees_own_visits_and_the_planner_masked_names(
    office: Office, session: Session, sign_in: SignIn
) -> None:
    sign_in(office.rep).post(f"{PAGE}/new", data=typed(name="王芳"))

    pages = [
        sign_in(user).get(PAGE).get_data(as_text=True)
        for user in (office.rep, office.other_rep, office.planner, office.manager)
    ]

    assert ["王芳" in page for page in pages] == [True, False, False, True]
    assert "王*" in pages[2]


def test_planner_records_a_call_without_customer(office: Office, session: Session, sign_in: SignIn) -> None:
    sign_in(office.planner).post(f"{PAGE}/new", data=typed(kind="call", name="王芳"))

    assert [(visit.rep_id, visit.customer_id) for visit in visits(session)] == [(office.planner.id, None)]


def test_assistant_records_for_a_rep(office: Office, session: Session, sign_in: SignIn) -> None:
    sign_in(office.assistant).post(f"{PAGE}/new", data=typed(name="王芳", rep_id=str(office.rep.id)))

    (visit,) = visits(session)
    assert visit.customer is not None
    assert (visit.rep_id, visit.customer.rep_id) == (office.rep.id, office.rep.id)
    assert visit.entered_by_id == office.assistant.id


@pytest.mark.parametrize(
    ("person", "status"), [("rep", 200), ("finance", 403), ("executive", 403), ("stranger", 404)]
)
def test_pages_are_for(office: Office, sign_in: SignIn, person: str, status: int) -> None:
    browser = sign_in(getattr(office, person))

    assert [browser.get(path).status_code for path in (PAGE, f"{PAGE}/new")] == [status, status]
