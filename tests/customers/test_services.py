"""Registering, changing and revealing customers; recording calls and visits."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.models import Customer, CustomerPhone, Visit
from salesoffice.customers.rules import CustomerExists
from salesoffice.customers.services import (
    record_visit,
    register_customer,
    reveal_certificate,
    update_customer,
)
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.staff.models import User
from tests.factories import Office

MAN = "34052419800101001X"
WOMAN = "11010519491231002X"


def register(session: Session, office: Office, user: User, **details: Any) -> Customer:
    values: dict[str, Any] = {"name": "张伟", "phones": ["13800138000"], "certificate_no": MAN, **details}
    return register_customer(session, project_id=office.project.id, actor=office.actor(user), **values)


def audited(session: Session, action: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_registered_customer_is_whole_and_secret(office: Office, session: Session) -> None:
    with transaction():
        customer = register(session, office, office.rep, source=Source.WALK_IN)

    assert (customer.sex, customer.rep_id, customer.certificate_kind) == (
        Sex.MALE, office.rep.id, CertificateKind.IDENTITY_CARD,
    )  # fmt: skip
    assert (customer.certificate_masked, customer.name_keys.split()[:2]) == (
        "3" + "*" * 16 + "X",
        ["zhangwei", "zw"],
    )
    assert MAN.encode() not in (customer.certificate_cipher or b"")
    assert json.loads(audited(session, "customer.registered")[0].after) == {
        "name": "张*", "sex": "male", "phones": ["138****8000"], "certificate": "3" + "*" * 16 + "X",
        "source": "walk_in", "rep_id": office.rep.id,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("details", "field"),
    [({"certificate_no": ""}, "phones"), ({"phones": ["13900139000"]}, "certificate_no")],
)
def test_register_same_phone_or_certificate_is_refused(
    office: Office, session: Session, details: dict[str, object], field: str
) -> None:
    with transaction():
        first = register(session, office, office.rep)

    with pytest.raises(CustomerExists) as refused, transaction():
        register(session, office, office.rep, name="李四", **details)

    error = refused.value
    assert (error.code, error.errors[0].field) == ("customer_exists", field)
    assert error.values == {"rep": "Rep.P1", "customer_id": first.id}


def test_register_another_reps_customer_names_the_rep_only(office: Office, session: Session) -> None:
    with transaction():
        register(session, office, office.rep)

    with pytest.raises(CustomerExists) as refused, transaction():
        register(session, office, office.other_rep, name="李四")

    assert refused.value.values == {"rep": "Rep.P1"}
    assert "张伟" not in str(refused.value.message)


def test_register_for_another_rep_is_refused_to_a_rep(office: Office, session: Session) -> None:
    with pytest.raises(NotAllowed), transaction():
        register(session, office, office.rep, rep_id=office.other_rep.id)


def test_register_for_a_stranger_is_refused(office: Office, session: Session) -> None:
    with pytest.raises(InvalidInput) as refused, transaction():
        register(session, office, office.assistant, rep_id=office.stranger.id)

    assert refused.value.errors[0].field == "rep_id"


def test_register_by_an_assistant_has_no_rep_yet(office: Office, session: Session) -> None:
    with transaction():
        customer = register(session, office, office.assistant)

    assert customer.rep_id is None


def test_update_changes_only_what_is_given(office: Office, session: Session) -> None:
    with transaction():
        customer = register(session, office, office.rep, note="old")

    with transaction():
        update_customer(
            session,
            session.get_one(Customer, customer.id),
            actor=office.actor(office.rep),
            phones=["13900139000", "13800138000"],
            address="某路 1 号",
        )

    changed = session.get_one(Customer, customer.id)
    assert {phone.number for phone in changed.phones} == {"13800138000", "13900139000"}
    assert (changed.name, changed.note, changed.address) == ("张伟", "old", "某路 1 号")
    assert changed.certificate_masked == "3" + "*" * 16 + "X"
    assert json.loads(audited(session, "customer.changed")[0].after)["changed"] == ["address"]


def test_update_takes_phones_away_and_frees_them(office: Office, session: Session) -> None:
    with transaction():
        customer = register(session, office, office.rep)

    with transaction():
        update_customer(session, customer, actor=office.actor(office.rep), phones=[])

    assert session.scalars(select(CustomerPhone)).all() == []


def test_update_to_another_customers_phone_is_refused(office: Office, session: Session) -> None:
    with transaction():
        register(session, office, office.rep)
        second = register(
            session, office, office.rep, name="李四", phones=["13900139000"], certificate_no=WOMAN
        )

    with pytest.raises(CustomerExists), transaction():
        update_customer(
            session, second, actor=office.actor(office.rep), phones=["13900139000", "13800138000"]
        )


def test_reveal_returns_the_number_and_records_the_reason(office: Office, session: Session) -> None:
    with transaction():
        customer = register(session, office, office.rep)

    with transaction():
        number = reveal_certificate(
            session, customer, actor=office.actor(office.assistant), reason=f"contract {MAN}"
        )

    assert number == MAN
    entries = session.scalars(select(AuditEntry)).all()
    assert all(MAN not in entry.before + entry.after for entry in entries)
    assert json.loads(audited(session, "customer.certificate_revealed")[0].after) == {
        "reason": "contract 3" + "*" * 16 + "X", "certificate": "3" + "*" * 16 + "X",
    }  # fmt: skip


@pytest.mark.parametrize(("reason", "refusal"), [(" ", InvalidInput), ("contract", WrongState)])
def test_reveal_without_reason_or_certificate_is_refused(
    office: Office, session: Session, reason: str, refusal: type[Exception]
) -> None:
    with transaction():
        customer = register(session, office, office.rep, certificate_no="")

    with pytest.raises(refusal), transaction():
        reveal_certificate(session, customer, actor=office.actor(office.manager), reason=reason)


def test_reveal_to_a_rep_is_refused(office: Office, session: Session) -> None:
    with transaction():
        customer = register(session, office, office.rep)

    with pytest.raises(NotAllowed), transaction():
        reveal_certificate(session, customer, actor=office.actor(office.rep), reason="contract")


def visit(session: Session, office: Office, user: User, **details: Any) -> Visit:
    values: dict[str, Any] = {"kind": VisitKind.VISIT, "is_first": True, "source": Source.ONLINE, **details}
    return record_visit(session, project_id=office.project.id, actor=office.actor(user), **values)


def test_visit_belongs_to_the_day_and_the_rep(office: Office, session: Session) -> None:
    with transaction():
        customer = register(session, office, office.rep)
        found = visit(session, office, office.rep, customer_id=customer.id, happened_on=date(2026, 5, 1))

    assert (found.rep_id, found.happened_on, found.customer_id) == (
        office.rep.id, date(2026, 5, 1), customer.id,
    )  # fmt: skip


def test_visit_of_another_reps_customer_is_refused(office: Office, session: Session) -> None:
    with transaction():
        customer = register(session, office, office.rep)

    with pytest.raises(NotFound), transaction():
        visit(session, office, office.other_rep, customer_id=customer.id)


def test_visit_in_the_future_is_refused(office: Office, session: Session) -> None:
    with pytest.raises(InvalidInput) as refused, transaction():
        visit(session, office, office.rep, happened_on=date(2199, 1, 1))

    assert refused.value.errors[0].field == "happened_on"
