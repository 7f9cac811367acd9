"""Papers by API: issued once per key, listed with differences, given out, refused by name."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.papers.models import Paper
from salesoffice.reservations.models import Subscription
from tests.factories import Office
from tests.papers.conftest import Lower, SignIn, text_of

PAPERS = "/api/v1/deals/1/papers"
BODY = {"kind": "supplement", "clauses": "精装标准见附件。"}


def test_paper_is_issued_once_per_key(
    session: Session, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    browser, key = sign_in(office.assistant), {"Idempotency-Key": "k1"}

    first = browser.post(PAPERS, json=BODY, headers=key)
    again = browser.post(PAPERS, json=BODY, headers=key)
    other = browser.post(PAPERS, json=BODY | {"clauses": "车位另行签约。"}, headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    found: Any = first.json
    assert {name: found[name] for name in ("number", "edition", "state", "format", "subject", "clauses")} == {
        "number": "RG000001-补1",
        "edition": 1,
        "state": "in_force",
        "format": "pdf",
        "subject": f"subscriptions:{sale.id}",
        "clauses": "精装标准见附件。",
    }
    assert session.scalars(select(Paper.edition)).all() == [1]


def test_papers_are_listed_with_what_differs(
    office: Office, sale: Subscription, paper: Paper, lower_price: Lower, sign_in: SignIn
) -> None:
    lower_price(sale)

    answer = sign_in(office.assistant).get(PAPERS).json
    one = sign_in(office.assistant).get(f"/api/v1/papers/{paper.id}").json

    assert answer == {"items": [one], "next_cursor": None}
    assert (one["state"], one["differences"]) == (
        "outdated",
        [{"field": "total_amount", "row": 0, "old": "900,000.00", "new": "880,000.00"}],
    )
    assert one["issued_at"].endswith("Z")


def test_stage_is_refused_by_name_and_goes_on_after_issuing_again(
    office: Office, sale: Subscription, paper: Paper, lower_price: Lower, sign_in: SignIn
) -> None:
    lower_price(sale)
    browser = sign_in(office.assistant)
    contract = {
        "subscription_id": sale.id, "signed_on": sale.signed_on.isoformat(), "total_fen": 880_000_00,
        "payment_plan": "mortgage",
    }  # fmt: skip

    refused = browser.post("/api/v1/contracts", json=contract)
    issued = browser.post(PAPERS, json={"kind": "subscription"})
    entered = browser.post("/api/v1/contracts", json=contract)

    assert (refused.status_code, refused.json["code"], refused.json["paper"]) == (
        409, "paper_superseded", "RG000001",
    )  # fmt: skip
    assert (issued.json["edition"], entered.status_code) == (2, 201)


def test_file_is_given_out_whole_or_masked(office: Office, paper: Paper, sign_in: SignIn) -> None:
    path = f"/api/v1/papers/{paper.id}/file"

    whole, masked = sign_in(office.assistant).get(path), sign_in(office.rep).get(path)

    assert (whole.content_type, whole.data) == ("application/pdf", b"%PDF-1.7 subscription 1")
    assert "138****1234" in text_of(masked.data)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "approval"}, "paper_kind_invalid"),
        ({"kind": "supplement", "subject": "contracts:1", "clauses": "一"}, "paper_kind_invalid"),
        ({"kind": "supplement"}, "clauses_missing"),
        ({"kind": "supplement", "clauses": "一\n" * 61}, "clauses_invalid"),
        ({"kind": "nonsense"}, "invalid_input"),
        ({"kind": "supplement", "more": 1}, "invalid_input"),
    ],
    ids=["kind", "subject", "no words", "too many words", "nonsense", "unknown field"],
)
def test_wrong_body_is_refused(
    session: Session, office: Office, sale: Subscription, sign_in: SignIn, body: dict[str, Any], code: str
) -> None:
    answer = sign_in(office.assistant).post(PAPERS, json=body)

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert session.scalars(select(Paper.id)).all() == []


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("finance", 403), ("stranger", 404)])
def test_issuing_by_others_is_refused(
    session: Session, office: Office, sale: Subscription, sign_in: SignIn, who: str, status: int
) -> None:
    answer = sign_in(getattr(office, who)).post(PAPERS, json=BODY)

    assert answer.status_code == status
    assert session.scalars(select(Paper.id)).all() == []


@pytest.mark.parametrize(
    ("who", "status"), [("rep", 200), ("other_rep", 404), ("planner", 403), ("stranger", 404)]
)
def test_papers_are_read_by_those_who_see_the_sale(
    office: Office, paper: Paper, sign_in: SignIn, who: str, status: int
) -> None:
    browser = sign_in(getattr(office, who))

    codes = {
        browser.get(path).status_code
        for path in (PAPERS, f"/api/v1/papers/{paper.id}", f"/api/v1/papers/{paper.id}/file")
    }

    assert codes == {status}


def test_paper_is_not_issued_without_signing_in(client: Any, sale: Subscription) -> None:
    assert client.post(PAPERS, json=BODY).status_code == 401
