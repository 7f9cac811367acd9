"""Who was wrong where two entries differed, and how often each person is."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState, Culprit
from salesoffice.contracts.models import CheckResolution, Contract, ContractCheck
from salesoffice.contracts.queries import list_checks, report_errors, select_unresolved
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import ContractEntry, correct_draft, verify_contract
from salesoffice.contracts.services.resolving import resolve_difference
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, InvalidInput, NotFound
from salesoffice.infra.db import db
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office

SecondEntry = Callable[..., CriticalFields]
NOON = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def differing(office: Office, do: Do, contract: Contract, second_entry: SecondEntry) -> ContractCheck:
    """A second entry by the other assistant with another price and another area."""
    fields = second_entry(total_amount=900_000_01, gross_area=Decimal("91.00"))
    actor = office.actor(office.other_assistant)
    return do(
        lambda s: verify_contract(s, s.get_one(Contract, contract.id), actor=actor, fields=fields).check
    )


@pytest.fixture
def resolve(do: Do, contract: Contract, office: Office) -> Callable[..., CheckResolution]:
    """Decide one field: `resolve(check, field, culprit, by=user)`; the manager unless said."""

    def run(check: ContractCheck, field: str, culprit: Culprit, by: User | None = None) -> CheckResolution:
        actor = office.actor(by or office.manager)
        return do(
            lambda s: resolve_difference(
                s, s.get_one(Contract, contract.id), check.id, actor=actor, field=field, culprit=culprit
            )
        )

    return run


def count_open(do: Do, office: Office) -> int:
    unresolved = select_unresolved(office.project.id).subquery()
    return do(lambda s: s.scalar(select(func.count()).select_from(unresolved)) or 0)


def test_decision_names_both_persons_and_stands(
    office: Office, differing: ContractCheck, resolve: Callable[..., CheckResolution]
) -> None:
    made = resolve(differing, "total_fen", Culprit.SECOND, by=office.assistant)

    again = resolve(differing, "total_fen", Culprit.SECOND)
    with pytest.raises(DomainError) as refusal:
        resolve(differing, "total_fen", Culprit.FIRST)

    assert (made.first_by_id, made.second_by_id) == (office.assistant.id, office.other_assistant.id)
    assert (again.id, again.resolved_by_id) == (made.id, office.assistant.id)
    assert refusal.value.code == "difference_resolved"


def test_first_person_is_who_had_entered_before_the_correction(
    office: Office,
    do: Do,
    contract: Contract,
    differing: ContractCheck,
    resolve: Callable[..., CheckResolution],
) -> None:
    corrector = office.actor(office.admin)
    entry = ContractEntry(signed_on=contract.signed_on)
    do(lambda s: correct_draft(s, s.get_one(Contract, contract.id), actor=corrector, entry=entry))

    made = resolve(differing, "gross_area", Culprit.FIRST)

    assert made.first_by_id == office.assistant.id
    lines = do(lambda s: list_checks(s, s.get_one(Contract, contract.id)))
    assert [(line.first_by_id, line.open_count) for line in lines] == [(office.assistant.id, 1)]


def test_field_that_did_not_differ_is_refused(
    differing: ContractCheck, resolve: Callable[..., CheckResolution]
) -> None:
    with pytest.raises(InvalidInput):
        resolve(differing, "signed_on", Culprit.FIRST)


def test_check_of_nothing_is_not_found(contract: Contract, do: Do, office: Office) -> None:
    with pytest.raises(NotFound):
        do(
            lambda s: resolve_difference(
                s,
                s.get_one(Contract, contract.id),
                999,
                actor=office.actor(office.manager),
                field="total_fen",
                culprit=Culprit.FIRST,
            )
        )


def test_unresolved_waits_until_every_field_is_decided_and_blocks_nothing(
    office: Office,
    do: Do,
    contract: Contract,
    differing: ContractCheck,
    second_entry: SecondEntry,
    resolve: Callable[..., CheckResolution],
) -> None:
    counts = [count_open(do, office)]
    verified = do(
        lambda s: verify_contract(
            s,
            s.get_one(Contract, contract.id),
            actor=office.actor(office.other_assistant),
            fields=second_entry(),
        )
    )
    for field in ("total_fen", "gross_area"):
        resolve(differing, field, Culprit.BOTH)
        counts.append(count_open(do, office))

    assert verified.contract.state is ContractState.VERIFIED
    assert counts == [1, 1, 0]


def test_words_in_an_entry_do_not_change_the_count(
    office: Office,
    do: Do,
    contract: Contract,
    second_entry: SecondEntry,
    resolve: Callable[..., CheckResolution],
) -> None:
    fields = second_entry(customer_name='"field": "field": x')
    actor = office.actor(office.other_assistant)
    check = do(
        lambda s: verify_contract(s, s.get_one(Contract, contract.id), actor=actor, fields=fields).check
    )

    before = count_open(do, office)
    resolve(check, "customer_name", Culprit.SECOND)

    assert (before, count_open(do, office)) == (1, 0)


def test_rates_count_six_fields_for_each_person_and_only_what_is_decided(
    office: Office,
    do: Do,
    contract: Contract,
    second_entry: SecondEntry,
    resolve: Callable[..., CheckResolution],
) -> None:
    other = office.actor(office.other_assistant)
    wrong = second_entry(total_amount=900_000_01, gross_area=Decimal("91.00"), unit_code="1-A-102")
    check = do(
        lambda s: verify_contract(s, s.get_one(Contract, contract.id), actor=other, fields=wrong).check
    )
    do(lambda s: verify_contract(s, s.get_one(Contract, contract.id), actor=other, fields=second_entry()))
    resolve(check, "total_fen", Culprit.SECOND)
    resolve(check, "gross_area", Culprit.BOTH)

    today = clock.business_today()
    report = do(lambda s: report_errors(s, office.project.id, today, today))

    first, second = sorted(report.people, key=lambda row: row.fields_second)
    assert (first.user_id, first.fields_first, first.fields_second) == (office.assistant.id, 12, 0)
    assert (first.errors_first, first.errors_second, first.open, first.rate) == (1, 0, 1, Decimal("83.3"))
    assert (second.user_id, second.fields_first, second.fields_second) == (office.other_assistant.id, 0, 12)
    assert (second.errors_first, second.errors_second, second.open, second.rate) == (
        0,
        2,
        1,
        Decimal("166.7"),
    )
    assert second.frequent == ["gross_area", "total_fen"]
    assert [(row.field, row.errors, row.open) for row in report.fields] == [
        ("gross_area", 2, 0), ("total_fen", 1, 0), ("unit_code", 0, 1),
    ]  # fmt: skip
    assert (report.checks, report.open) == (2, 1)


def test_period_is_of_business_days(
    office: Office, do: Do, contract: Contract, second_entry: SecondEntry
) -> None:
    def report(session: Session, day: date) -> int:
        return report_errors(session, office.project.id, day, day).checks

    actor = office.actor(office.other_assistant)
    with time_machine.travel(clock.now(), tick=False):
        today = clock.business_today()
        do(lambda s: verify_contract(s, s.get_one(Contract, contract.id), actor=actor, fields=second_entry()))

    assert do(lambda s: report(s, today)) == 1
    assert do(lambda s: report(s, date.fromordinal(today.toordinal() - 1))) == 0


def test_database_keeps_one_decision_per_field(
    app: Flask, differing: ContractCheck, resolve: Callable[..., CheckResolution]
) -> None:
    made = resolve(differing, "total_fen", Culprit.SECOND)

    again = text(
        "INSERT INTO check_resolutions (check_id, field, culprit, first_by_id, second_by_id, resolved_at,"
        " resolved_by_id) SELECT check_id, field, culprit, first_by_id, second_by_id, resolved_at,"
        " resolved_by_id FROM check_resolutions WHERE id = :id"
    )
    with app.app_context(), pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(again, {"id": made.id})
