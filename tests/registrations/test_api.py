"""POST /registrations and its actions, GET /projects/{code}/registrations, GET /registrations/{id}."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office
from tests.factories.earnest import EARNEST, make_earnest_receipt
from tests.registrations.test_services import make_sale_of

Post = Callable[..., Any]
SignIn = Callable[[User], FlaskClient]


def test_customer_is_registered_once_per_key(
    office: Office, category: RegistrationCategory, buyer: Customer, post: Post
) -> None:
    body = {"project": "P1", "category": "A", "customer_id": buyer.id}

    answers = [post(office.assistant, "/registrations", body, **{"Idempotency-Key": "k"}) for _ in range(2)]
    other = post(office.assistant, "/registrations", body)

    found = answers[0].get_json()
    assert (answers[0].status_code, answers[1].get_json()) == (201, found)
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert found == {
        "id": 1, "number": "A0001", "category": "住宅", "queue_number": 1, "customer_id": buyer.id, "customer": "张甲",
        "rep_id": office.rep.id, "account_id": 1, "earnest_fen": EARNEST, "received_fen": 0, "state": "active",
        "wants": "", "registered_on": clock.business_today().isoformat(), "deal_id": None, "ended_on": None,
        "end_reason": "",
    }  # fmt: skip
    assert (other.status_code, other.get_json()["code"]) == (409, "registered_already")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"project": "NONE"}, 404, "not_found"),
        ({"category": "none"}, 422, "category_unknown"),
        ({"customer_id": 999}, 422, "customer_unknown"),
        ({"customer_id": "1"}, 422, "invalid_input"),
        ({"more": 1}, 422, "invalid_input"),
    ],
)
def test_bad_input_is_refused(
    office: Office,
    category: RegistrationCategory,
    buyer: Customer,
    post: Post,
    change: dict[str, object],
    status: int,
    code: str,
) -> None:
    body = {"project": "P1", "category": "住宅", "customer_id": buyer.id} | change

    answer = post(office.assistant, "/registrations", body)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("finance", 403), ("stranger", 404)])
def test_wrong_person_is_refused(
    office: Office, category: RegistrationCategory, buyer: Customer, post: Post, who: str, status: int
) -> None:
    body = {"project": "P1", "category": "A", "customer_id": buyer.id}

    assert post(getattr(office, who), "/registrations", body).status_code == status


def test_lists_and_one_registration_are_shown_as_the_person_may_read_them(
    office: Office, registration: Registration, sign_in: SignIn
) -> None:
    people = ("rep", "other_rep", "assistant", "executive")
    lists = {
        who: sign_in(getattr(office, who)).get("/api/v1/projects/P1/registrations?category=A").get_json()
        for who in people
    }
    alone = [sign_in(getattr(office, who)).get("/api/v1/registrations/1").status_code for who in people]

    names = {who: [item["customer"] for item in found["items"]] for who, found in lists.items()}
    assert names == {"rep": ["张甲"], "other_rep": [], "assistant": ["张甲"], "executive": ["张*"]}
    assert alone == [200, 404, 200, 200]


def test_registration_is_renamed_converted_and_not_given_back_after_it(
    do: Do, office: Office, registration: Registration, other_buyer: Customer, buyer: Customer, post: Post
) -> None:
    do(lambda session: make_earnest_receipt(session, office, registration.account))
    sale = do(lambda session: make_sale_of(session, office, registration))
    path, assistant = "/registrations/1", office.assistant

    answers = [
        post(assistant, f"{path}/rename", {"customer_id": other_buyer.id, "reason": "换名"}),
        post(assistant, f"{path}/convert", {"deal_id": sale.deal_id}),
        post(assistant, f"{path}/rename", {"customer_id": buyer.id, "reason": "换回"}),
        post(assistant, f"{path}/convert", {"deal_id": sale.deal_id}),
        post(assistant, f"{path}/give-back", {"reason": "晚了"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 409, 200, 200, 409]
    assert answers[3].get_json()["state"] == "converted"
    assert (answers[3].get_json()["deal_id"], answers[3].get_json()["received_fen"]) == (sale.deal_id, 0)


def test_given_back_by_api(office: Office, registration: Registration, post: Post, sign_in: SignIn) -> None:
    answer = post(office.manager, "/registrations/1/give-back", {"reason": "放弃"})
    account = sign_in(office.manager).get(f"/api/v1/accounts/{registration.account_id}").get_json()

    assert (answer.status_code, answer.get_json()["state"]) == (200, "given_back")
    assert (account["kind"], account["state"], account["instalments"]) == ("earnest", "closed", [])
