"""What is consistent about a customer, what a search may mean, who sees what."""

from datetime import date

import pytest

from salesoffice.core.certificates import CertificateInvalid, CertificateKind, Sex
from salesoffice.core.errors import InvalidInput
from salesoffice.core.permissions import Actor, Role
from salesoffice.customers.rules import (
    Certificate,
    SearchTerms,
    can_see_contacts,
    can_see_customer,
    check_person,
    normalise_phones,
    read_search,
    shown_phones,
    split_phones,
)

TODAY = date(2026, 6, 1)
WOMAN = "11010519491231002X"
MAN = "34052419800101001X"


def actor(role: Role, user_id: int = 7) -> Actor:
    return Actor(id=user_id, name="A", roles={1: frozenset({role})})


def test_person_gets_the_sex_of_the_identity_card() -> None:
    found = check_person(None, None, f" {MAN.lower()} ", TODAY)

    assert found == (Sex.MALE, Certificate(CertificateKind.IDENTITY_CARD, MAN))


def test_person_whom_the_card_contradicts_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_person(Sex.MALE, CertificateKind.IDENTITY_CARD, WOMAN, TODAY)

    assert [problem.field for problem in refused.value.errors] == ["sex"]


def test_person_with_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(CertificateInvalid):
        check_person(None, None, MAN[:-1] + "1", TODAY)


def test_person_without_a_number_has_no_certificate() -> None:
    assert check_person(Sex.FEMALE, CertificateKind.PASSPORT, "  ", TODAY) == (Sex.FEMALE, None)


def test_phones_are_normalised_once_each() -> None:
    phones = split_phones("138 0013 8000，+86 13800138000; 0755-82001234")

    assert normalise_phones([*phones, " "]) == ("13800138000", "0755-82001234")


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("张伟", SearchTerms("张伟", "", "", "")),
        ("zw", SearchTerms("zw", "zw", "", "")),
        ("8000", SearchTerms("8000", "8000", "8000", "")),
        (
            "+86 138 0013 8000",
            SearchTerms("+86 138 0013 8000", "8613800138000", "13800138000", "8613800138000"),
        ),
        (WOMAN.lower(), SearchTerms(WOMAN.lower(), WOMAN.lower(), "", WOMAN)),
        ("", SearchTerms("", "", "", "")),
    ],
)
def test_search_text_is_read(typed: str, terms: SearchTerms) -> None:
    assert read_search(typed) == terms


@pytest.mark.parametrize(
    ("role", "rep_id", "is_seen", "is_full"),
    [
        (Role.REP, 7, True, True),
        (Role.REP, 8, False, False),
        (Role.REP, None, False, False),
        (Role.ASSISTANT, 8, True, True),
        (Role.FINANCE, 8, True, False),
        (Role.EXECUTIVE, 8, False, False),
    ],
)
def test_customer_is_shown_to_whom_it_may(
    role: Role, rep_id: int | None, *, is_seen: bool, is_full: bool
) -> None:
    person = actor(role)

    assert can_see_customer(person, 1, rep_id) is is_seen
    assert can_see_contacts(person, 1, rep_id) is is_full


def test_phones_are_masked_unless_shown_in_full() -> None:
    assert shown_phones(["13800138000"], is_full=False) == ("138****8000",)
    assert shown_phones(["13800138000"], is_full=True) == ("13800138000",)
