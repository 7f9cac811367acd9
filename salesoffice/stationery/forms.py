"""Forms of the register of numbered forms."""

from wtforms import SelectField, StringField, TextAreaField

from salesoffice.core import clock
from salesoffice.infra.i18n import _l
from salesoffice.stationery.enums import FormKind
from salesoffice.stationery.rules import MAX_DIGITS, MAX_RUN, RunNumbers
from salesoffice.stationery.services import FormChoice, RunDraft
from salesoffice.webkit.fields import CountField, DateField, EnumField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field

_BLANK = {"autocomplete": "off"}
_LARGEST_NUMBER = 10**9


class ReceiveForm(BaseForm):
    """A print run that was delivered."""

    nonce = nonce_field()
    kind = EnumField(_l("Kind"), [required()], enum=FormKind)
    prefix = StringField(
        _l("Letters before the number"),
        [at_most(40)],
        description=_l("As printed, for example HT-2026-; may be empty."),
        render_kw=_BLANK,
    )
    first = CountField(_l("First number"), [required()], maximum=_LARGEST_NUMBER)
    last = CountField(_l("Last number"), [required()], maximum=_LARGEST_NUMBER)
    digits = CountField(
        _l("Digits"),
        [required()],
        minimum=1,
        maximum=MAX_DIGITS,
        description=_l("6 digits: 000123."),
    )
    printer = StringField(_l("Printing house"), [at_most(100)], render_kw=_BLANK)
    received_on = DateField(_l("Taken in on"), [required()])

    def fill(self, kind: FormKind, suggestion: RunNumbers | None) -> None:
        """Fill in the numbers that continue the last run."""
        self.kind.data, self.received_on.data = kind, clock.business_today()
        self.digits.data = 6
        if suggestion is not None:
            self.prefix.data, self.digits.data = suggestion.prefix, suggestion.digits
            self.first.data, self.last.data = suggestion.first, suggestion.last

    def read_draft(self) -> RunDraft:
        """Return what was typed; the form is valid."""
        numbers = RunNumbers(
            self.prefix.data or "", self.first.data or 0, self.last.data or 0, self.digits.data or 0
        )
        day = self.received_on.data or clock.business_today()
        return RunDraft(self.kind.data, numbers, day, self.printer.data or "")


class RangeForm(BaseForm):
    """Forms from a number to a number."""

    nonce = nonce_field()
    kind = EnumField(_l("Kind"), [required()], enum=FormKind)
    first = StringField(_l("From number"), [required(), at_most(60)], render_kw=_BLANK)
    last = StringField(
        _l("To number"), [at_most(60)], description=_l("Empty: only this one form."), render_kw=_BLANK
    )

    def read_choice(self) -> FormChoice:
        """Return what was typed; the form is valid."""
        return FormChoice(self.kind.data, 0, self.first.data or "", self.last.data or "")


class IssueForm(RangeForm):
    """Forms for a person: the next ones, or from a number to a number."""

    first = StringField(
        _l("From number"),
        [at_most(60)],
        description=_l("Empty: the lowest numbers in stock."),
        render_kw=_BLANK,
    )
    count = CountField(_l("How many"), [optional()], minimum=1, maximum=MAX_RUN)
    holder_id = SelectField(_l("Issued to"), [required()], coerce=int)

    def read_choice(self) -> FormChoice:
        """Return what was typed; the form is valid."""
        return FormChoice(self.kind.data, self.count.data or 0, self.first.data or "", self.last.data or "")


class SpoilForm(BaseForm):
    """Why a form can no longer be used."""

    reason = TextAreaField(_l("Reason"), [required(), at_most(200)])


class PlainForm(BaseForm):
    """A button: only the protection against forged requests."""
