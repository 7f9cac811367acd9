"""What papers with words of their own say: supplementary agreements and notices to the buyers."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import find_contract_of_deal
from salesoffice.core.errors import FieldProblem, InvalidInput
from salesoffice.deals.models import Deal
from salesoffice.infra.i18n import _
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.queries.changes import list_change_fields
from salesoffice.papers.queries.facts import list_private
from salesoffice.papers.queries.parts import list_buyer_rows, list_office_fields
from salesoffice.papers.rules import PaperFacts, Value
from salesoffice.papers.signals import builds_paper
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.queries import find_subscription_of_deal


class Letter(NamedTuple):
    """A notice that the office sends again and again: its title, and its words when nothing was typed."""

    title: LazyString
    words: LazyString


LETTERS: Mapping[ChangeKind, Letter] = MappingProxyType(
    {
        ChangeKind.FORFEITURE: Letter(
            _l("Notice of forfeiture"),
            _l(
                "You did not sign the contract of sale for %(unit)s by the day agreed. Under the subscription agreement"
                " the deposit is not paid back, and the seller may sell the unit to others."
            ),
        ),
        ChangeKind.CANCELLATION: Letter(
            _l("Confirmation of cancellation"),
            _l(
                "The purchase of %(unit)s is cancelled by agreement. Please bring the agreement, the receipts and your"
                " certificate to the sales office for settling the money."
            ),
        ),
        ChangeKind.SWAP: Letter(
            _l("Confirmation of the unit swap"),
            _l(
                "The unit that you are buying is now %(unit)s. What you have paid is carried over. Please sign the new"
                " agreement at the sales office."
            ),
        ),
        ChangeKind.REVIVAL: Letter(
            _l("Notice of revival"),
            _l("The purchase of %(unit)s, which had been forfeited, goes on. Please sign the new agreement."),
        ),
    }
)
"""The notices that a change of a kind is confirmed with."""

_REMINDER = Letter(
    _l("Reminder of signing"),
    _l(
        "Please come to the sales office by %(day)s to sign the contract of sale for %(unit)s, with your certificate and"
        " the subscription agreement."
    ),
)
_OTHER = _l("Notice to the buyer")


@builds_paper(PaperKind.SUPPLEMENT, Change.__tablename__, Contract.__tablename__, Subscription.__tablename__)
def build_supplement(
    session: Session,
    subject: Change | Contract | Subscription,
    clauses: tuple[str, ...],
    is_open: bool,
) -> PaperFacts:
    """Collect what a supplementary agreement says: parties, what it belongs to, and the typed clauses.

    Refused: InvalidInput `clauses_missing` without a clause.
    """
    if not clauses:
        message = _l("Type what was agreed, one clause on each line.")
        raise InvalidInput(message, [FieldProblem("clauses", message)], code="clauses_missing")
    fields = {**_list_sale_fields(session, subject), "clauses": list(clauses)}
    base = str(fields["contract_no"] or fields["agreement_no"] or subject.number)
    if isinstance(subject, Change):
        base = subject.number
    title = (
        _("Supplementary agreement to the contract of sale")
        if fields["contract_no"]
        else _("Supplementary agreement to the subscription agreement")
    )
    return PaperFacts(base, title, fields, list_private(session, subject.deal, is_open=is_open))


@builds_paper(PaperKind.NOTICE, Change.__tablename__, Subscription.__tablename__, Deal.__tablename__)
def build_notice(
    session: Session, subject: Change | Subscription | Deal, clauses: tuple[str, ...], is_open: bool
) -> PaperFacts:
    """Collect what a letter to the buyers says. Typed words replace the usual ones; a letter about nothing in particular
    needs them (InvalidInput `clauses_missing`).
    """
    letter = _find_letter(subject)
    fields = _list_sale_fields(session, subject)
    words = list(clauses)
    if not words and letter is None:
        message = _l("Type the words of the letter, one paragraph on each line.")
        raise InvalidInput(message, [FieldProblem("clauses", message)], code="clauses_missing")
    if not words and letter is not None:
        day = subject.sign_by if isinstance(subject, Subscription) else None
        words = [_fill(letter, str(fields["unit_place"]), day)]
    fields["clauses"] = words
    deal = subject if isinstance(subject, Deal) else subject.deal
    title = str(letter.title) if letter else str(_OTHER)
    return PaperFacts(subject.number, title, fields, list_private(session, deal, is_open=is_open))


def _list_sale_fields(session: Session, subject: Change | Contract | Subscription | Deal) -> dict[str, Value]:
    if isinstance(subject, Change):
        return list_change_fields(session, subject)
    deal = subject if isinstance(subject, Deal) else subject.deal
    agreement, contract = (
        find_subscription_of_deal(session, deal.id),
        find_contract_of_deal(session, deal.id),
    )
    fields: dict[str, Value] = {
        **list_office_fields(session, deal),
        "agreement_no": agreement.number if agreement else "",
        "contract_no": contract.number if contract and not isinstance(subject, Subscription) else "",
        "buyers": list_buyer_rows(session, deal.id, is_open=False),
        "change_no": "",
    }
    if isinstance(subject, Subscription):
        fields["sign_by"] = subject.sign_by.isoformat()
    return fields


def _find_letter(subject: Change | Subscription | Deal) -> Letter | None:
    if isinstance(subject, Change):
        return LETTERS.get(subject.kind)
    return _REMINDER if isinstance(subject, Subscription) else None


def _fill(letter: Letter, unit: str, day: date | None) -> str:
    return str(letter.words) % {"unit": unit, "day": day.isoformat() if day else ""}
