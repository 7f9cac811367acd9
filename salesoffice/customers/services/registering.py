"""Registering customers, changing them, revealing a certificate."""

import re
from collections.abc import Mapping, Sequence
from typing import Required, TypedDict, Unpack

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.core.errors import FieldProblem, InvalidInput, NotAllowed, WrongState
from salesoffice.core.permissions import Actor, Permission
from salesoffice.core.text import mask_certificate, mask_name, mask_phone, pinyin_keys
from salesoffice.customers.enums import Source
from salesoffice.customers.models import Customer, CustomerPhone
from salesoffice.customers.queries import (
    find_by_certificate,
    find_by_phones,
    name_users,
)
from salesoffice.customers.rules import (
    Certificate,
    CustomerExists,
    can_see_customer,
    check_person,
    normalise_phones,
)
from salesoffice.customers.services.reps import check_rep
from salesoffice.infra import audit
from salesoffice.infra.crypto import blind_index, decrypt, encrypt

_NOT_SAVED = _l("The customer was not saved.")
_LONGEST_NAME = 100
_SHORTEST_REASON = 2


class _Details(TypedDict, total=False):
    sex: Sex | None
    phones: Sequence[str]
    certificate_kind: CertificateKind | None
    certificate_no: str | None
    address: str
    source: Source | None
    note: str
    rep_id: int | None


class CustomerDetails(_Details, total=False):
    """What can be said of a new customer, who needs a name; without `rep_id` a rep serves whom they register."""

    name: Required[str]


class CustomerChanges(_Details, total=False):
    """What can be changed of a customer; what is left out stays as it is."""

    name: str


def register_customer(
    session: Session, *, project_id: int, actor: Actor, **details: Unpack[CustomerDetails]
) -> Customer:
    """Register a customer of a project.

    The certificate number is encrypted, phones are normalised. Refused: a phone or certificate that another
    customer of the project has (CustomerExists), a certificate or phone that cannot be right, a sex that the
    identity card contradicts, a rep who does not work in the project (InvalidInput), another person's customer
    entered by a rep (NotAllowed).
    """
    name = _check_name(details["name"])
    phones = normalise_phones(details.get("phones", ()))
    sex, certificate = _check_person(details, details.get("sex"))
    rep_id = details.get("rep_id")
    if rep_id is None and not actor.can(Permission.CUSTOMER_VIEW_ALL, project_id):
        rep_id = actor.id
    check_rep(session, project_id, actor, rep_id)
    _refuse_duplicates(session, project_id, actor, phones, certificate)
    customer = Customer(
        project_id=project_id,
        name=name,
        name_keys=pinyin_keys(name),
        sex=sex,
        address=details.get("address", "").strip(),
        source=details.get("source"),
        note=details.get("note", "").strip(),
        rep_id=rep_id,
        created_at=clock.now(),
    )
    _set_certificate(customer, certificate)
    customer.phones = [CustomerPhone(project_id=project_id, number=number) for number in phones]
    _save(session, customer, phones)
    _record(session, "customer.registered", customer, actor, after=_describe(customer))
    return customer


def update_customer(
    session: Session, customer: Customer, *, actor: Actor, **changes: Unpack[CustomerChanges]
) -> Customer:
    """Change what is given of a customer; an empty certificate number leaves the certificate as it is.

    Refused as in `register_customer`; only who sees all customers gives one to another rep (NotAllowed).
    """
    before = _describe(customer)
    phones = normalise_phones(changes["phones"]) if "phones" in changes else _phones_of(customer)
    sex, certificate = _check_person(changes, changes.get("sex", customer.sex), _certificate_of(customer))
    rep_id = changes.get("rep_id", customer.rep_id)
    if rep_id != customer.rep_id:
        check_rep(session, customer.project_id, actor, rep_id)
    name = _check_name(changes.get("name", customer.name))
    _refuse_duplicates(session, customer.project_id, actor, phones, certificate, except_id=customer.id)
    customer.name, customer.name_keys, customer.sex, customer.rep_id = name, pinyin_keys(name), sex, rep_id
    customer.address = changes.get("address", customer.address).strip()
    customer.source = changes.get("source", customer.source)
    customer.note = changes.get("note", customer.note).strip()
    if certificate != _certificate_of(customer):
        _set_certificate(customer, certificate)
    _replace_phones(session, customer, phones)
    _save(session, customer, phones)
    fields = {"changed": sorted(set(changes) & {"address", "note"})}
    _record(
        session, "customer.changed", customer, actor, before=before, after={**_describe(customer), **fields}
    )
    return customer


def reveal_certificate(session: Session, customer: Customer, *, actor: Actor, reason: str) -> str:
    """Return a customer's certificate number; who asked and why is in the audit, the number is not.

    Refused: a role that may not see it (NotAllowed), no reason (InvalidInput), no certificate (WrongState).
    """
    if not actor.can(Permission.CUSTOMER_REVEAL, customer.project_id):
        raise NotAllowed(_l("Your role may not see certificate numbers."))
    if len(reason.strip()) < _SHORTEST_REASON:
        message = _l("Say what the number is needed for.")
        raise InvalidInput(
            _l("A certificate number is shown only for a reason."), [FieldProblem("reason", message)]
        )
    if customer.certificate_cipher is None:
        raise WrongState(_l("No certificate of this customer is registered."))
    number = decrypt(customer.certificate_cipher)
    told = re.sub(re.escape(number), customer.certificate_masked, reason.strip(), flags=re.IGNORECASE)
    after = {"reason": told, "certificate": customer.certificate_masked}
    _record(session, "customer.certificate_revealed", customer, actor, after=after)
    return number


def _check_name(name: str) -> str:
    plain = name.strip()
    if not plain or len(plain) > _LONGEST_NAME:
        message = _l("Enter the name, at most %(count)s characters.", count=_LONGEST_NAME)
        raise InvalidInput(_NOT_SAVED, [FieldProblem("name", message)])
    return plain


def _check_person(
    details: _Details, sex: Sex | None, known: Certificate | None = None
) -> tuple[Sex | None, Certificate | None]:
    number = (details.get("certificate_no") or "").strip()
    if not number and known is not None:
        return check_person(sex, known.kind, known.number, clock.business_today())
    return check_person(sex, details.get("certificate_kind"), number, clock.business_today())


def _refuse_duplicates(
    session: Session,
    project_id: int,
    actor: Actor,
    phones: Sequence[str],
    certificate: Certificate | None,
    except_id: int | None = None,
) -> None:
    same_phone = find_by_phones(session, project_id, phones, except_id=except_id)
    same_number = find_by_certificate(session, project_id, certificate.number) if certificate else None
    for field, other in (("phones", same_phone), ("certificate_no", same_number)):
        if other is None or other.id == except_id:
            continue
        rep = name_users(session, [other.rep_id]).get(other.rep_id)
        is_visible = can_see_customer(actor, project_id, other.rep_id)
        raise CustomerExists(field, rep, (other.id, other.name) if is_visible else None)


def _set_certificate(customer: Customer, certificate: Certificate | None) -> None:
    if certificate is None:
        return
    customer.certificate_kind = certificate.kind
    customer.certificate_cipher = encrypt(certificate.number)
    customer.certificate_index = blind_index(certificate.number)
    customer.certificate_masked = mask_certificate(certificate.number)


def _certificate_of(customer: Customer) -> Certificate | None:
    if customer.certificate_kind is None or customer.certificate_cipher is None:
        return None
    return Certificate(customer.certificate_kind, decrypt(customer.certificate_cipher))


def _phones_of(customer: Customer) -> tuple[str, ...]:
    return tuple(phone.number for phone in customer.phones)


def _replace_phones(session: Session, customer: Customer, phones: Sequence[str]) -> None:
    kept = {phone.number: phone for phone in customer.phones}
    gone = [phone.id for number, phone in kept.items() if number not in phones]
    if gone:
        session.execute(delete(CustomerPhone).where(CustomerPhone.id.in_(gone)))
        session.expire(customer, ["phones"])
    for number in phones:
        if number not in kept:
            session.add(CustomerPhone(project_id=customer.project_id, customer_id=customer.id, number=number))


def _save(session: Session, customer: Customer, phones: Sequence[str]) -> None:
    """Flush; the indexes refuse what another request registered since we looked."""
    session.add(customer)
    try:
        session.flush()
    except IntegrityError as error:
        raise CustomerExists("phones" if phones else "certificate_no", None, None) from error
    session.refresh(customer, ["phones"])


def _describe(customer: Customer) -> dict[str, object]:
    return {
        "name": mask_name(customer.name),
        "sex": customer.sex,
        "phones": [mask_phone(number) for number in _phones_of(customer)],
        "certificate": customer.certificate_masked,
        "source": customer.source,
        "rep_id": customer.rep_id,
    }


def _record(
    session: Session,
    action: str,
    customer: Customer,
    actor: Actor,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object],
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=customer.project_id,
        subject=customer,
        before=before,
        after=after,
    )
