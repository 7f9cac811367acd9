"""Certificate numbers; 11010519491231002X is the example printed in GB 11643, the others are invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesoffice.core.certificates import (
    CertificateInvalid,
    CertificateKind,
    Sex,
    birth_date_of,
    check_certificate,
    sex_of,
)

TODAY = date(2026, 11, 23)
EXAMPLE = "11010519491231002X"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        (CertificateKind.IDENTITY_CARD, EXAMPLE, EXAMPLE),
        (CertificateKind.IDENTITY_CARD, " 110105 19491231 002x", EXAMPLE),
        (CertificateKind.IDENTITY_CARD, "１１０１０５１９４９１２３１００２Ｘ", EXAMPLE),
        (CertificateKind.PASSPORT, "e12345678", "E12345678"),
        (CertificateKind.OFFICER_CARD, "军字第 1234567 号", "军字第1234567号"),
        (CertificateKind.HK_MACAU_PERMIT, "h12345678", "H12345678"),
        (CertificateKind.HK_MACAU_PERMIT, "M1234567801", "M1234567801"),
        (CertificateKind.TAIWAN_PERMIT, "12345678", "12345678"),
        (CertificateKind.TAIWAN_PERMIT, "1234567890(b)", "1234567890B"),
        (CertificateKind.BUSINESS_LICENCE, "91110000600037341l", "91110000600037341L"),
    ],
)
def test_certificate_is_normalised(kind: CertificateKind, text: str, number: str) -> None:
    result = check_certificate(kind, text, TODAY)

    assert result == number


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (CertificateKind.IDENTITY_CARD, "", "Enter the number"),
        (CertificateKind.IDENTITY_CARD, "110105491231002", "this one has 15"),
        (CertificateKind.IDENTITY_CARD, "1101051949123100XX", "17 digits"),
        (CertificateKind.IDENTITY_CARD, "11010519490231002X", "does not exist"),
        (CertificateKind.IDENTITY_CARD, "11010520261124002X", "not possible"),
        (CertificateKind.IDENTITY_CARD, "11010518491231002X", "not possible"),
        (CertificateKind.IDENTITY_CARD, "110105194912310021", "check digit"),
        (CertificateKind.PASSPORT, "ABCDEF", "5 to 17"),
        (CertificateKind.OFFICER_CARD, "军字第12号", "four of them digits"),
        (CertificateKind.HK_MACAU_PERMIT, "A12345678", "H or M"),
        (CertificateKind.TAIWAN_PERMIT, "1234567", "8 digits"),
        (CertificateKind.BUSINESS_LICENCE, "9111000060003734", "this one has 16"),
        (CertificateKind.BUSINESS_LICENCE, "911100006000373411", "check character"),
        (CertificateKind.BUSINESS_LICENCE, "9111000060003734IL", "do not belong"),
    ],
)
def test_certificate_refusal_says_what_is_wrong(kind: CertificateKind, text: str, reason: str) -> None:
    with pytest.raises(CertificateInvalid) as refusal:
        check_certificate(kind, text, TODAY)

    assert refusal.value.code == "certificate_invalid"
    assert reason in str(refusal.value.message)


@given(st.integers(min_value=0, max_value=16), st.sampled_from("0123456789"))
def test_identity_card_with_one_digit_changed_is_refused(place: int, digit: str) -> None:
    changed = EXAMPLE[:place] + digit + EXAMPLE[place + 1 :]

    if changed == EXAMPLE:
        assert check_certificate(CertificateKind.IDENTITY_CARD, changed, TODAY) == EXAMPLE
    else:
        with pytest.raises(CertificateInvalid):
            check_certificate(CertificateKind.IDENTITY_CARD, changed, TODAY)


@given(st.dates(min_value=date(1930, 1, 1), max_value=TODAY), st.integers(min_value=0, max_value=999))
def test_identity_card_by_the_weights_of_the_standard_is_accepted(born_on: date, order: int) -> None:
    body = f"440305{born_on:%Y%m%d}{order:03d}"
    number = body + "10X98765432"[sum(int(a) * b for a, b in zip(body, WEIGHTS, strict=True)) % 11]

    result = check_certificate(CertificateKind.IDENTITY_CARD, number, TODAY)

    assert (birth_date_of(result), sex_of(result)) == (born_on, Sex.MALE if order % 2 else Sex.FEMALE)


def test_identity_card_tells_birth_date_and_sex() -> None:
    facts = (birth_date_of(EXAMPLE), sex_of(EXAMPLE))

    assert facts == (date(1949, 12, 31), Sex.FEMALE)
