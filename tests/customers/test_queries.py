"""Searching customers and counting days."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.queries import DayCounts, count_day, get_customer, list_customers, list_servers
from salesoffice.customers.services import record_visit, register_customer
from salesoffice.infra.db import transaction
from tests.factories import Office

MAN = "34052419800101001X"


@pytest.fixture
def searchable(office: Office, session: Session) -> Office:
    with transaction():
        for name, phone, number in (
            ("单伟", "13800138000", MAN),
            ("李莉", "0755-82001234", ""),
            ("ABC 公司", "", ""),
        ):
            register_customer(
                session,
                project_id=office.project.id,
                actor=office.actor(office.rep),
                name=name,
                phones=[phone],
                certificate_no=number,
            )
    return office


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["ABC 公司", "李莉", "单伟"]),
        ("伟", ["单伟"]),
        ("shanwei", ["单伟"]),
        ("DW", ["单伟"]),
        ("sw", ["单伟"]),
        ("ll", ["李莉"]),
        ("13800138000", ["单伟"]),
        ("+86 138-0013-8000", ["单伟"]),
        ("8000", ["单伟"]),
        ("0755 82001234", ["李莉"]),
        (MAN, ["单伟"]),
        (MAN.lower(), ["单伟"]),
        (MAN[:-1], []),
        ("abc", ["ABC 公司"]),
        ("%", []),
        ("_", []),
    ],
)
def test_customers_are_found_by(searchable: Office, session: Session, query: str, names: list[str]) -> None:
    actor = searchable.actor(searchable.rep)

    found = list_customers(session, searchable.project.id, actor=actor, query=query)

    assert [customer.name for customer in found] == names


@pytest.mark.parametrize(
    ("person", "count"),
    [
        ("rep", 3),
        ("other_rep", 0),
        ("assistant", 3),
        ("finance", 3),
        ("executive", 0),
        ("stranger", 0),
        ("admin", 3),
    ],
)
def test_customers_are_listed_for(searchable: Office, session: Session, person: str, count: int) -> None:
    actor = searchable.actor(getattr(searchable, person))

    assert len(list_customers(session, searchable.project.id, actor=actor)) == count


def test_customer_of_another_rep_does_not_exist(searchable: Office, session: Session) -> None:
    one = list_customers(session, searchable.project.id, actor=searchable.actor(searchable.rep))[0]

    with pytest.raises(NotFound):
        get_customer(session, one.id, actor=searchable.actor(searchable.other_rep))


def test_day_is_counted(office: Office, session: Session) -> None:
    day = date(2026, 5, 1)
    with transaction():
        for kind, is_first, user in (
            (VisitKind.CALL, True, office.rep),
            (VisitKind.VISIT, True, office.rep),
            (VisitKind.VISIT, False, office.other_rep),
        ):
            record_visit(
                session,
                project_id=office.project.id,
                actor=office.actor(user),
                kind=kind,
                is_first=is_first,
                source=Source.OTHER,
                happened_on=day,
            )

    assert count_day(session, office.project.id, day) == DayCounts(1, 1, 2, 1)
    assert count_day(session, office.project.id, day, rep_id=office.rep.id) == DayCounts(1, 1, 1, 1)
    assert count_day(session, office.project.id, date(2026, 5, 2)) == DayCounts()


def test_people_who_receive_customers_are_listed(office: Office, session: Session) -> None:
    names = [user.name for user in list_servers(session, office.project.id)]

    assert names == [
        "Assistant.P1",
        "Manager.P1",
        "Other_Assistant.P1",
        "Other_Rep.P1",
        "Planner.P1",
        "Rep.P1",
    ]
