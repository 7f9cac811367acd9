"""Decisions about customers: what is consistent, who may see what. No database."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from salesoffice.core.certificates import CertificateKind, Sex, check_certificate, sex_of
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text
from salesoffice.core.permissions import Actor, Permission
from salesoffice.core.phones import normalise_phone
from salesoffice.core.text import mask_phone

SHORTEST_CERTIFICATE = 5
_SHORTEST_TAIL = 3


@dataclass(frozen=True)
class Certificate:
    """A checked certificate: its kind and normalised number."""

    kind: CertificateKind
    number: str


@dataclass(frozen=True)
class SearchTerms:
    """What one search box may mean; an empty text means that it cannot mean that.

    `name` is a part of the name, `key` letters of its pinyin or initials, `tail` the last digits of a phone,
    `certificate` a normalised certificate number.
    """

    name: str
    key: str
    tail: str
    certificate: str


class CustomerExists(DomainError):
    """Another customer of the project has this phone or certificate; says which rep serves them.

    `customer_id` is given only to a person who may see that customer.
    """

    def __init__(self, field: str, rep: str | None, customer: tuple[int, str] | None) -> None:
        if customer is not None:
            message: Text = _l(
                "%(name)s is a customer already, served by %(rep)s. Open that entry instead.",
                name=customer[1],
                rep=rep or "–",
            )
        elif rep:
            message = _l("This customer is already served by %(rep)s. Ask the sales manager.", rep=rep)
        else:
            message = _l("This customer is already registered. Ask the sales manager.")
        known = {"customer_id": customer[0]} if customer else {}
        problem = FieldProblem(field, _l("Another customer has this entry."))
        super().__init__(message, code="customer_exists", errors=(problem,), rep=rep, **known)


def check_person(
    sex: Sex | None, kind: CertificateKind | None, number: str, today: date
) -> tuple[Sex | None, Certificate | None]:
    """Check a certificate and return the sex and the certificate to store; without a number, no certificate.

    A number without a kind is read as an identity card, whose own statement gives the sex where none is stated.
    Refused: a number that cannot be right (CertificateInvalid), a sex that the card contradicts (InvalidInput).
    `today` is the business day.
    """
    if not number.strip():
        return sex, None
    kind = kind or CertificateKind.IDENTITY_CARD
    plain = check_certificate(kind, number, today)
    if kind is not CertificateKind.IDENTITY_CARD:
        return sex, Certificate(kind, plain)
    stated = sex_of(plain)
    if sex is not None and sex is not stated:
        message = _l("The identity card says otherwise. Check the sex and the number.")
        raise InvalidInput(_l("The customer was not saved."), [FieldProblem("sex", message)])
    return stated, Certificate(kind, plain)


def normalise_phones(phones: Sequence[str]) -> tuple[str, ...]:
    """Return phones in their stored form, each once; empty texts are left out. Refuses with PhoneInvalid."""
    return tuple(dict.fromkeys(normalise_phone(phone) for phone in phones if phone.strip()))


def split_phones(text: str) -> list[str]:
    """Split phones typed into one box, separated by commas, semicolons, slashes or lines."""
    return [part.strip() for part in re.split(r"[,;/\n、，；]+", text) if part.strip()]


def read_search(text: str) -> SearchTerms:
    """Tell what a search text may mean: part of a name, pinyin, the end of a phone, a whole certificate number."""
    plain = unicodedata.normalize("NFKC", text).strip()
    solid = "".join(sign for sign in plain.upper() if sign.isalnum())
    digits = re.sub(r"^\+?86(?=1\d{10}$)", "", re.sub(r"[\s()\-]", "", plain))
    is_number = digits.lstrip("+").isdecimal() and len(digits) >= _SHORTEST_TAIL
    return SearchTerms(
        name=plain,
        key=solid.lower() if solid.isascii() else "",
        tail=digits.lstrip("+") if is_number else "",
        certificate=solid if len(solid) >= SHORTEST_CERTIFICATE else "",
    )


def can_see_customer(actor: Actor, project_id: int, rep_id: int | None) -> bool:
    """Tell whether a customer exists for a person: all of them, or the person's own."""
    if actor.can(Permission.CUSTOMER_VIEW_ALL, project_id):
        return True
    return actor.can(Permission.CUSTOMER_VIEW, project_id) and rep_id is not None and rep_id == actor.id


def can_see_contacts(actor: Actor, project_id: int, rep_id: int | None) -> bool:
    """Tell whether phones and address are shown in full: to those who work with the customer."""
    return can_see_customer(actor, project_id, rep_id) and actor.can(Permission.CUSTOMER_EDIT, project_id)


def shown_phones(phones: Sequence[str], *, is_full: bool) -> tuple[str, ...]:
    """Return phones as they are shown, masked unless `is_full`."""
    return tuple(phones) if is_full else tuple(mask_phone(phone) for phone in phones)
