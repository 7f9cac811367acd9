"""The register: received, issued, returned, taken, used, given back, spoilt."""

import itertools
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, InvalidInput
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.stationery.enums import FORM_STEPS, FormKind, FormState
from salesoffice.stationery.models import NumberedForm, PrintRun
from salesoffice.stationery.queries import find_breaches, list_balances, suggest_run
from salesoffice.stationery.rules import FormNotMovable, RunNumbers
from salesoffice.stationery.services import (
    FormChoice,
    RunDraft,
    give_back_form,
    issue_forms,
    receive_run,
    return_forms,
    spoil_form,
    take_form,
    use_form,
)
from salesoffice.stationery.services.register import move_form
from tests.factories import Office

Receive = Callable[..., PrintRun]
KIND = FormKind.CONTRACT


def issue(office: Office, choice: FormChoice, holder_id: int) -> list[str]:
    with transaction() as session:
        forms = issue_forms(
            session,
            office.project.id,
            actor=office.actor(office.manager),
            choice=choice,
            holder_id=holder_id,
        )
        return [form.number for form in forms]


def take(office: Office, number: str = "", subject_id: int = 1, user: str = "assistant") -> str | None:
    with transaction() as session:
        form = take_form(
            session,
            project_id=office.project.id,
            kind=KIND,
            actor=office.actor(getattr(office, user)),
            subject_kind="contracts",
            subject_id=subject_id,
            number=number,
        )
        return None if form is None else form.number


def find(session: Session, number: str) -> NumberedForm:
    session.expire_all()
    return session.scalars(select(NumberedForm).where(NumberedForm.number == number)).one()


def state_of(session: Session, number: str) -> FormState:
    return find(session, number).state


def test_run_becomes_forms_in_stock_and_one_line_in_the_audit(session: Session, run: PrintRun) -> None:
    numbers = session.scalars(select(NumberedForm.number).order_by(NumberedForm.id)).all()

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "forms.received")).one()
    assert numbers == [f"HT-{number:03d}" for number in range(1, 11)]
    assert '"count":10,"first":"HT-001","kind":"contract","last":"HT-010"' in entry.after


def test_next_run_continues_the_numbers(session: Session, office: Office, run: PrintRun) -> None:
    assert suggest_run(session, office.project.id, KIND) == RunNumbers("HT-", 11, 20, 3)
    assert suggest_run(session, office.project.id, FormKind.RECEIPT) is None


def test_next_run_gets_a_digit_more_when_it_needs_one(
    session: Session, office: Office, receive: Receive
) -> None:
    receive(90, 99, digits=2)

    assert suggest_run(session, office.project.id, KIND) == RunNumbers("HT-", 100, 109, 3)


def test_overlapping_run_is_refused_by_its_first_known_number(
    session: Session, run: PrintRun, receive: Receive
) -> None:
    with pytest.raises(DomainError) as refusal:
        receive(8, 20)

    assert (refusal.value.code, refusal.value.values) == ("forms_overlap", {"number": "HT-008"})
    assert len(session.scalars(select(PrintRun.id)).all()) == 1


def test_same_numbers_of_another_kind_are_other_forms(run: PrintRun, receive: Receive) -> None:
    assert receive(1, 10, kind=FormKind.AGREEMENT).id != run.id


def test_issued_by_count_are_the_lowest_in_stock(session: Session, office: Office, run: PrintRun) -> None:
    first = issue(office, FormChoice(KIND, count=2), office.rep.id)
    second = issue(office, FormChoice(KIND, first="HT-005", last="HT-007"), office.assistant.id)
    third = issue(office, FormChoice(KIND, count=3), office.rep.id)

    balance = list_balances(session, office.project.id)[0]
    assert (first, second) == (["HT-001", "HT-002"], ["HT-005", "HT-006", "HT-007"])
    assert third == ["HT-003", "HT-004", "HT-008"]
    assert dict(balance.issued) == {office.assistant.name: 3, office.rep.name: 5}
    assert (balance.received, balance.left, balance.counts[FormState.RECEIVED]) == (10, 10, 2)


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (FormChoice(KIND, count=11), "forms_too_few"),
        (FormChoice(KIND), "invalid_input"),
        (FormChoice(KIND, first="HT-099"), "form_unknown"),
        (FormChoice(KIND, first="HT-005", last="HT-004"), "invalid_input"),
    ],
)
def test_choice_that_names_no_forms_is_refused(
    session: Session, office: Office, run: PrintRun, choice: FormChoice, code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        issue(office, choice, office.rep.id)

    assert refusal.value.code == code
    assert list_balances(session, office.project.id)[0].counts[FormState.ISSUED] == 0


def test_range_with_an_issued_form_is_refused_by_its_number(
    session: Session, office: Office, run: PrintRun
) -> None:
    issue(office, FormChoice(KIND, first="HT-003"), office.rep.id)

    with pytest.raises(FormNotMovable) as refusal:
        issue(office, FormChoice(KIND, first="HT-001", last="HT-005"), office.assistant.id)

    assert refusal.value.values == {"number": "HT-003", "state": "issued"}
    assert state_of(session, "HT-001") is FormState.RECEIVED


def test_forms_are_not_issued_to_a_stranger(session: Session, office: Office, run: PrintRun) -> None:
    with pytest.raises(InvalidInput):
        issue(office, FormChoice(KIND, count=1), office.stranger.id)


def test_returned_forms_are_in_stock_again(session: Session, office: Office, run: PrintRun) -> None:
    issue(office, FormChoice(KIND, count=3), office.rep.id)

    with transaction() as writing:
        choice = FormChoice(KIND, first="HT-002", last="HT-003")
        return_forms(writing, office.project.id, actor=office.actor(office.manager), choice=choice)

    states = [state_of(session, f"HT-00{number}") for number in (1, 2, 3)]
    assert states == [FormState.ISSUED, FormState.RECEIVED, FormState.RECEIVED]
    assert find(session, "HT-002").holder_id is None


def test_without_register_nothing_is_taken(session: Session, office: Office) -> None:
    assert take(office) is None


def test_own_forms_are_taken_before_the_stock(session: Session, office: Office, run: PrintRun) -> None:
    issue(office, FormChoice(KIND, first="HT-004", last="HT-005"), office.assistant.id)
    issue(office, FormChoice(KIND, first="HT-001"), office.rep.id)

    taken = [take(office, subject_id=number) for number in range(1, 5)]

    assert taken == ["HT-004", "HT-005", "HT-002", "HT-003"]


def test_wanted_number_is_taken(session: Session, office: Office, run: PrintRun) -> None:
    assert take(office, "HT-007") == "HT-007"
    assert state_of(session, "HT-007") is FormState.RESERVED


def test_unknown_number_is_refused(session: Session, office: Office, run: PrintRun) -> None:
    with pytest.raises(DomainError) as refusal:
        take(office, "HT-011")

    assert refusal.value.code == "form_unknown"


def test_form_of_another_person_is_refused_naming_them(
    session: Session, office: Office, run: PrintRun
) -> None:
    issue(office, FormChoice(KIND, first="HT-001"), office.rep.id)

    with pytest.raises(DomainError) as refusal:
        take(office, "HT-001")

    assert (refusal.value.code, refusal.value.values["holder"]) == ("form_issued_to", office.rep.name)


def test_spoilt_form_is_refused(session: Session, office: Office, run: PrintRun) -> None:
    with transaction() as writing:
        spoil_form(writing, find(writing, "HT-001"), actor=office.actor(office.assistant), reason="印错")

    with pytest.raises(DomainError) as refusal:
        take(office, "HT-001")

    assert refusal.value.code == "form_spoilt"
    assert take(office) == "HT-002"


def test_empty_register_is_refused(session: Session, office: Office, receive: Receive) -> None:
    receive(1, 1)
    issue(office, FormChoice(KIND, count=1), office.rep.id)

    with pytest.raises(DomainError) as refusal:
        take(office)

    assert refusal.value.code == "forms_exhausted"


def test_given_back_form_goes_where_it_was(session: Session, office: Office, run: PrintRun) -> None:
    issue(office, FormChoice(KIND, first="HT-002"), office.assistant.id)
    for number in (1, 2):
        take(office, f"HT-00{number}", number)

    with transaction() as writing:
        for name in ("HT-001", "HT-002"):
            give_back_form(writing, find(writing, name), actor=office.actor(office.assistant))

    assert [state_of(session, number) for number in ("HT-001", "HT-002")] == [
        FormState.RECEIVED,
        FormState.ISSUED,
    ]
    assert find(session, "HT-002").subject_id is None


def test_reserved_form_is_spoilt_only_with_its_draft(session: Session, office: Office, run: PrintRun) -> None:
    take(office, "HT-001")
    actor = office.actor(office.assistant)

    with pytest.raises(DomainError) as refusal, transaction() as writing:
        spoil_form(writing, find(writing, "HT-001"), actor=actor, reason="printed")
    with transaction() as writing:
        spoil_form(writing, find(writing, "HT-001"), actor=actor, reason="printed", is_discarded=True)

    assert refusal.value.code == "wrong_state"
    assert state_of(session, "HT-001") is FormState.SPOILT


def test_spoiling_needs_a_reason(session: Session, office: Office, run: PrintRun) -> None:
    with pytest.raises(InvalidInput), transaction() as writing:
        spoil_form(writing, find(writing, "HT-001"), actor=office.actor(office.assistant), reason=" ")


@pytest.mark.parametrize(("before", "after"), list(itertools.product(FormState, FormState)))
def test_form_moves_only_along_the_table(office: Office, before: FormState, after: FormState) -> None:
    form = NumberedForm(number="HT-001", state=before)

    try:
        move_form(form, after, office.actor(office.assistant))
        has_moved = True
    except FormNotMovable:
        has_moved = False

    assert has_moved is (after in FORM_STEPS[before])


CHANGES = (
    "UPDATE numbered_forms SET subject_id = 2",
    "UPDATE numbered_forms SET subject_kind = 'subscriptions'",
    "UPDATE numbered_forms SET state = 'received', subject_id = NULL",
    "UPDATE numbered_forms SET number = 'HT-999'",
    "DELETE FROM numbered_forms",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_database_keeps_a_used_form_with_its_document(
    session: Session, office: Office, receive: Receive, statement: str
) -> None:
    receive(1, 1)
    take(office)
    with transaction() as writing:
        use_form(writing, find(writing, "HT-001"), actor=office.actor(office.assistant))

    with pytest.raises(DatabaseError), transaction() as writing:
        writing.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE numbered_forms SET state = 'issued'",
        "UPDATE numbered_forms SET state = 'used'",
        "UPDATE numbered_forms SET state = 'spoilt'",
        "UPDATE print_runs SET last_number = 99",
    ],
)
def test_database_refuses_forms_without_what_belongs_to_them(
    session: Session, run: PrintRun, statement: str
) -> None:
    with pytest.raises(DatabaseError), transaction() as writing:
        writing.execute(text(statement))


def test_used_form_without_document_is_found(session: Session, office: Office, run: PrintRun) -> None:
    take(office, subject_id=77)

    breaches = list(find_breaches(session))

    assert breaches == ["form 1 (HT-001): reserved, but no document carries its number"]


def test_run_with_a_number_too_many_is_found(session: Session, office: Office, run: PrintRun) -> None:
    with transaction() as writing:
        writing.add(
            NumberedForm(
                project_id=office.project.id,
                run_id=run.id,
                kind=KIND,
                number="HT-011",
                changed_at=run.received_at,
            )
        )

    assert list(find_breaches(session)) == ["print run 1: form HT-011 is missing or too many"]


def test_delivery_of_tomorrow_is_refused(session: Session, office: Office, receive: Receive) -> None:
    draft = RunDraft(KIND, RunNumbers("", 1, 2, 2), date(2199, 1, 1))

    with pytest.raises(InvalidInput), transaction() as writing:
        receive_run(writing, office.project.id, actor=office.actor(office.assistant), draft=draft)
