"""Phone numbers as customers give them."""

import unicodedata

import phonenumbers
from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, FieldProblem

_REGION = "CN"
_MAX_LENGTH = 40


class PhoneInvalid(DomainError):
    """The text is not a phone number that can be dialled."""

    def __init__(self) -> None:
        message = _l(
            "Write a Chinese mobile or landline number with its area code, or + and the country code."
        )
        super().__init__(message, code="phone_invalid", status=422, errors=(FieldProblem("phones", message),))


def normalise_phone(text: str) -> str:
    """Return a phone number in the one form that is stored and compared.

    A Chinese mobile becomes eleven digits, a landline `0755-82001234`, a number of another country E.164
    with its plus sign. Spaces, dashes, brackets, +86 and full-width digits are accepted; anything that is
    not a possible number is refused with PhoneInvalid.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > _MAX_LENGTH:
        raise PhoneInvalid
    try:
        number = phonenumbers.parse(plain, _REGION)
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise PhoneInvalid
    if number.country_code != phonenumbers.country_code_for_region(_REGION):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.national_significant_number(number)
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE:
        return national
    area_code_length = phonenumbers.length_of_geographical_area_code(number)
    if not area_code_length:
        return national
    return f"0{national[:area_code_length]}-{national[area_code_length:]}"
