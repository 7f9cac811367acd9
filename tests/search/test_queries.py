"""What is found, in which order, and by whom."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.services import file_contract, sign_online
from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind
from salesoffice.customers.models import Customer
from salesoffice.customers.services import register_customer
from salesoffice.infra.db import db, transaction
from salesoffice.reservations.services import place_hold, release_hold
from salesoffice.search.enums import FindKind
from salesoffice.search.queries import Find, Search, find_all
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office, make_units
from tests.factories.earnest import make_category, make_registration
from tests.factories.sales import CERTIFICATE, make_draft, make_sale, make_verified

Look = Callable[..., dict[FindKind, list[Find]]]
K = FindKind


@pytest.fixture
def look(app: Flask, office: Office) -> Look:
    """Search as a person."""

    def run(text: str, user: User | None = None, limit: int = 8) -> dict[FindKind, list[Find]]:
        with app.test_request_context():
            search = Search(db.session(), office.actor(user or office.assistant), office.project.id, limit)
            found = {group.kind: list(group.finds) for group in find_all(search, text)}
            db.session.remove()
        return found

    return run


@pytest.fixture(autouse=True)
def sold(app: Flask, office: Office) -> None:
    """A sale of 101 up to the filing; 张波 of another rep; a second building with the same rooms."""
    with app.test_request_context(), transaction() as session:
        contract = make_verified(session, office, make_draft(session, office, make_sale(session, office)))
        actor, today = office.actor(office.assistant), clock.business_today()
        sign_online(session, contract, actor=actor, online_no="WQ-2026-77", on=today)
        file_contract(session, contract, actor=actor, filing_no="BA-2026-88", on=today)
        register_customer(
            session, project_id=office.project.id, actor=actor, name="张波", phones=["13900005678"],
            certificate_kind=CertificateKind.PASSPORT, certificate_no="E12345678", rep_id=office.other_rep.id,
        )  # fmt: skip
        make_units(session, office.project, building="2栋", floors=5, lines=4)


def titles(found: dict[FindKind, list[Find]], kind: FindKind) -> list[str]:
    return [find.title for find in found.get(kind, [])]


@pytest.mark.parametrize(
    "text", ["张甲", "zhangjia", "zj", "ZJ", "0001234", "1234", CERTIFICATE, CERTIFICATE.lower()]
)
def test_customer_is_found_in_many_ways(look: Look, text: str) -> None:
    assert titles(look(text), K.CUSTOMERS) == ["张甲"]


def test_customer_is_not_found_by_part_of_the_certificate_or_three_digits(look: Look) -> None:
    assert [titles(look(text), K.CUSTOMERS) for text in (CERTIFICATE[:12], "234")] == [[], []]


def test_customer_shows_phone_rep_and_sales(look: Look, office: Office) -> None:
    find = look("张甲")[K.CUSTOMERS][0]

    assert find.words == ("13800001234", office.rep.name)
    assert [one.words for one in find.related] == [("D000001", "1-A-101")]


def test_reps_find_their_own_customers_and_sales_only(look: Look, office: Office) -> None:
    found = [look("zhang", user) for user in (office.rep, office.other_rep)]
    numbers = [
        titles(look("D000001", user), K.DEALS) for user in (office.rep, office.other_rep, office.planner)
    ]

    assert [titles(one, K.CUSTOMERS) for one in found] == [["张甲"], ["张波"]]
    assert numbers == [["D000001"], [], []]


def test_executive_reads_no_customer_and_a_masked_buyer(look: Look, office: Office) -> None:
    found = look("D000001", office.executive)

    assert titles(look("zhang", office.executive), K.CUSTOMERS) == []
    assert "张*" in found[K.DEALS][0].words


@pytest.mark.parametrize(
    "text", ["1-A-101", "1 101", "1栋101", "1栋A座101", "一栋101", "1-101", "1栋 A座 101室"]
)
def test_unit_is_found_first_in_any_form(look: Look, text: str) -> None:
    assert titles(look(text), K.UNITS)[0] == "1-A-101"


def test_room_alone_finds_it_in_each_building(look: Look) -> None:
    assert [find.words for find in look("101")[K.UNITS]] == [("1栋", "A座", "101"), ("2栋", "A座", "101")]


def test_beginning_of_a_room_comes_after_the_exact_one(look: Look) -> None:
    assert [find.words[2] for find in look("1栋10")[K.UNITS]] == ["101", "102", "103", "104"]


def test_unit_shows_its_sales_now_and_before(do: Do, look: Look, office: Office) -> None:
    rep = office.actor(office.rep)
    hold = do(lambda session: place_hold(session, office.units[5], actor=rep))
    do(lambda session: release_hold(session, hold, actor=rep))
    do(lambda session: place_hold(session, office.units[5], actor=office.actor(office.other_rep)))

    shown = {
        user.name: [one.words[0] for one in look("1-A-202", user)[K.UNITS][0].related]
        for user in (office.assistant, office.rep, office.planner)
    }

    assert shown == {"Assistant.P1": ["D000003", "D000002"], "Rep.P1": ["D000002"], "Planner.P1": []}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("RG000001", K.SUBSCRIPTIONS),
        ("ht000001", K.CONTRACTS),
        ("WQ-2026-77", K.CONTRACTS),
        ("2026-88", K.CONTRACTS),
        ("D000001", K.DEALS),
    ],
)
def test_papers_are_found_by_their_numbers(look: Look, text: str, kind: FindKind) -> None:
    find = look(text)[kind][0]

    assert (find.remembered[0], "1-A-101" in find.words) == (K.DEALS, True)


def test_registration_is_found_by_its_queue_number(do: Do, look: Look, office: Office) -> None:
    def add(session: Session) -> str:
        buyer = session.scalars(select(Customer).where(Customer.name == "张甲")).one()
        return make_registration(session, office, make_category(session, office), buyer).number

    number = do(add)

    assert titles(look(number), K.REGISTRATIONS) == [number]


def test_groups_are_cut_and_say_so(app: Flask, office: Office) -> None:
    with app.test_request_context():
        search = Search(db.session(), office.actor(office.assistant), office.project.id, 3)
        group = find_all(search, "1-A")[0]

    assert (group.kind, len(group.finds), group.has_more) == (K.UNITS, 3, True)


@pytest.mark.parametrize("text", ["%%", "__", "\\\\", "'; --", "张%", "1-%-101"])
def test_signs_of_patterns_are_plain_text(look: Look, text: str) -> None:
    assert look(text).get(K.CUSTOMERS, []) == []
