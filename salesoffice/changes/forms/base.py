"""What every form of a change asks: why, whose fault, which days, which papers."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import ClassVar

from sqlalchemy.orm import Session
from wtforms import Field, HiddenField, TextAreaField
from wtforms.fields.choices import SelectChoice

from salesoffice.changes.enums import Fault, ReasonCode
from salesoffice.changes.rules import Values
from salesoffice.changes.services import ChangeEntry
from salesoffice.core import clock
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.infra.i18n import _l
from salesoffice.inventory.forms import CheckboxesField
from salesoffice.webkit.fields import DateField, EnumField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field

REASON_LENGTH = 200


class ChangeForm(BaseForm):
    """The base of the forms: a kind adds its fields, says what they mean as terms, and offers what can be chosen."""

    asks_fault: ClassVar[bool] = False
    usual_reason: ClassVar[ReasonCode | None] = None
    suggestions: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({})
    """What is offered while a field is typed, by its name: each entry with words beside it."""

    reason_code = EnumField(_l("Reason"), [required()], enum=ReasonCode)
    reason = TextAreaField(_l("In words"), [required(), at_most(REASON_LENGTH)])
    fault = EnumField(_l("Whose fault"), [required()], enum=Fault)
    signed_on = DateField(_l("Day of the paper"), [required()])
    attributed_on = DateField(
        _l("Business day it counts for"),
        [required()],
        description=_l("A log that was sent stays as it is; the next one shows the change as restated."),
    )
    attachment_ids = CheckboxesField(_l("Papers that belong to it"), [optional()], coerce=int, choices=())
    nonce = nonce_field()
    seen = HiddenField()

    def prepare(self, session: Session, deal: Deal, papers: Sequence[DealAttachment]) -> None:
        """Offer what can be chosen, before the form is validated."""
        self.attachment_ids.choices = [
            SelectChoice(paper.id, f"{paper.kind.label} · {paper.name}") for paper in papers
        ]
        if not self.asks_fault and "fault" in self:
            del self.fault
        self.offer_choices(session, deal)

    def prefill(self, session: Session, deal: Deal) -> None:
        """Fill in what is usual, when the form is shown for the first time."""
        self.signed_on.data = self.attributed_on.data = clock.business_today()
        self.reason_code.data = self.usual_reason
        self.prefill_terms(session, deal)

    def offer_choices(self, session: Session, deal: Deal) -> None:
        """Offer what can be chosen in the fields of the kind."""

    def prefill_terms(self, session: Session, deal: Deal) -> None:
        """Fill in the fields of the kind with what holds now."""

    def read_terms(self) -> Values:
        """Return what is asked for, as JSON values; the form is valid."""
        return {}

    def read_entry(self) -> ChangeEntry:
        """Return what is said about the change; the form is valid."""
        return ChangeEntry(
            reason_code=self.reason_code.data or ReasonCode.OTHER,
            reason=self.reason.data or "",
            signed_on=read_day(self.signed_on),
            attributed_on=read_day(self.attributed_on),
            fault=(self.fault.data or Fault.NONE) if "fault" in self else Fault.NONE,
            attachment_ids=tuple(self.attachment_ids.data or ()),
        )

    def list_own_fields(self) -> list[Field]:
        """List the fields of the kind itself, in their order, after the fault that decides about them."""
        own = [field for field in self if field.name not in _COMMON]
        return [self["fault"], *own] if "fault" in self else own

    def list_common_fields(self) -> list[Field]:
        """List the fields that every kind has; papers only where the sale has some."""
        names = ["reason_code", "reason", "signed_on", "attributed_on"]
        names += ["attachment_ids"] if self.attachment_ids.choices else []
        return [self[name] for name in names if name in self]


_COMMON = frozenset(
    {
        "reason_code",
        "reason",
        "fault",
        "signed_on",
        "attributed_on",
        "attachment_ids",
        "nonce",
        "seen",
        "csrf_token",
    }
)


def read_day(field: DateField) -> date:
    """Return the day of a required field of a valid form."""
    if field.data is None:
        raise ValueError(f"{field.name} is read before the form was found valid")
    return field.data
