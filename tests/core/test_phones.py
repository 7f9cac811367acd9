"""Phone numbers; all of them invented."""

import pytest

from salesoffice.core.phones import PhoneInvalid, normalise_phone


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800001234", "13800001234"),
        (" 138 0000 1234 ", "13800001234"),
        ("+86-13800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("0755-82001234", "0755-82001234"),
        ("(010) 6100 1234", "010-61001234"),
        ("+86 21 6100 1234", "021-61001234"),
        ("400-800-1234", "4008001234"),
        ("+852 9123 0000", "+85291230000"),
    ],
)
def test_phone_is_brought_into_one_form(text: str, phone: str) -> None:
    result = normalise_phone(text)

    assert result == phone


@pytest.mark.parametrize(
    "text", ["", "abc", "110", "12345", "1380000123", "82001234", "0755-82001234转8", "1" * 60]
)
def test_phone_that_cannot_be_dialled_is_refused(text: str) -> None:
    with pytest.raises(PhoneInvalid) as refusal:
        normalise_phone(text)

    assert (refusal.value.code, refusal.value.status) == ("phone_invalid", 422)
    assert [problem.field for problem in refusal.value.errors] == ["phones"]
