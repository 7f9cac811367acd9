"""Certificates of persons and companies: kinds, checks, and what an identity card says."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from salesoffice.core.errors import DomainError, FieldProblem
from salesoffice.core.labels import LabelledEnum

_IDENTITY_CARD = re.compile(r"[1-9][0-9]{16}[0-9X]")
_IDENTITY_LENGTH = 18
_LICENCE_LENGTH = 18
_MAX_AGE = 130


class CertificateKind(LabelledEnum):
    """What a buyer proves their identity with."""

    IDENTITY_CARD = "identity_card", _l("Identity card")
    PASSPORT = "passport", _l("Passport")
    OFFICER_CARD = "officer_card", _l("Officer's card")
    HK_MACAU_PERMIT = "hk_macau_permit", _l("Hong Kong and Macau permit")
    TAIWAN_PERMIT = "taiwan_permit", _l("Taiwan permit")
    BUSINESS_LICENCE = "business_licence", _l("Business licence")


class Sex(LabelledEnum):
    """Sex as certificates state it."""

    MALE = "male", _l("Male")
    FEMALE = "female", _l("Female")


class CertificateInvalid(DomainError):
    """A certificate number cannot be right; the message says why and never repeats the number."""

    def __init__(self, message: LazyString) -> None:
        problem = FieldProblem("certificate_no", message)
        super().__init__(message, code="certificate_invalid", status=422, errors=(problem,))


_SHAPES: Mapping[CertificateKind, tuple[re.Pattern[str], LazyString]] = MappingProxyType(
    {
        CertificateKind.PASSPORT: (
            re.compile(r"(?=.*[0-9])[A-Z0-9]{5,17}"),
            _l("A passport number has 5 to 17 letters and digits."),
        ),
        CertificateKind.OFFICER_CARD: (
            re.compile(r"(?=(?:.*[0-9]){4})[\u4e00-\u9fffA-Z0-9]{5,20}"),
            _l("An officer's card number has 5 to 20 characters, at least four of them digits."),
        ),
        CertificateKind.HK_MACAU_PERMIT: (
            re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
            _l("A Hong Kong and Macau permit number is H or M followed by 8 or 10 digits."),
        ),
        CertificateKind.TAIWAN_PERMIT: (
            re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?"),
            _l("A Taiwan permit number has 8 digits, or 10 digits and perhaps a letter."),
        ),
    }
)


def check_certificate(kind: CertificateKind, number: str, today: date) -> str:
    """Return a certificate number normalised (half width, upper case, no spaces or dashes).

    Refuses with CertificateInvalid, saying what is wrong: for identity cards (GB 11643) the length, the
    characters, the birth date (`today` is the business day) or the check digit; for business licences the
    length, the characters or the check character; for the others the shape.
    """
    plain = re.sub(r"[\s()\-]", "", unicodedata.normalize("NFKC", number)).upper()
    if not plain:
        raise CertificateInvalid(_l("Enter the number of the certificate."))
    if kind is CertificateKind.IDENTITY_CARD:
        _check_identity_card(plain, today)
    elif kind is CertificateKind.BUSINESS_LICENCE:
        _check_licence(plain)
    else:
        shape, message = _SHAPES[kind]
        if shape.fullmatch(plain) is None:
            raise CertificateInvalid(message)
    return plain


def birth_date_of(identity_card: str) -> date:
    """Return the birth date in a checked identity card number."""
    return date.fromisoformat(f"{identity_card[6:10]}-{identity_card[10:12]}-{identity_card[12:14]}")


def sex_of(identity_card: str) -> Sex:
    """Return the sex in a checked identity card number: the last digit but one is odd for men."""
    return Sex.MALE if int(identity_card[16]) % 2 else Sex.FEMALE


def _check_identity_card(number: str, today: date) -> None:
    if len(number) != _IDENTITY_LENGTH:
        raise CertificateInvalid(
            _l("An identity card number has 18 characters, this one has %(count)s.", count=len(number))
        )
    if _IDENTITY_CARD.fullmatch(number) is None:
        raise CertificateInvalid(_l("An identity card number is 17 digits followed by a digit or X."))
    try:
        born_on = birth_date_of(number)
    except ValueError as error:
        raise CertificateInvalid(_l("The birth date in the identity card number does not exist.")) from error
    if born_on > today or today.year - born_on.year > _MAX_AGE:
        raise CertificateInvalid(_l("The birth date in the identity card number is not possible."))
    if ric.calc_check_digit(number) != number[-1]:
        raise CertificateInvalid(_l("The check digit of the identity card number is wrong; read it again."))


def _check_licence(number: str) -> None:
    if len(number) != _LICENCE_LENGTH:
        raise CertificateInvalid(
            _l("A unified social credit code has 18 characters, this one has %(count)s.", count=len(number))
        )
    try:
        uscc.validate(number)
    except InvalidChecksum as error:
        raise CertificateInvalid(
            _l("The check character of the unified social credit code is wrong; read it again.")
        ) from error
    except ValidationError as error:
        raise CertificateInvalid(
            _l("The unified social credit code has characters that do not belong there.")
        ) from error
