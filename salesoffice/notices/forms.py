"""Forms of engineering change notices."""

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from salesoffice.core import clock
from salesoffice.core.errors import Text
from salesoffice.infra.i18n import _l
from salesoffice.notices.enums import BuyerAnswer
from salesoffice.notices.queries import NoticeScope
from salesoffice.notices.rules import MAX_BODY, MAX_DAYS, MAX_SOURCE, MAX_TITLE
from salesoffice.notices.services import NoticeDraft, Telling
from salesoffice.papers.enums import PaperFormat
from salesoffice.webkit.fields import CountField, DateField, EnumField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field

_BLANK = {"autocomplete": "off"}
_LONGEST_LIST = 20_000
Choices = list[tuple[int, str]]


def _boxes(label: Text) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        [optional()],
        coerce=int,
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class NoticeForm(BaseForm):
    """A change of planning or design, and the sales it concerns."""

    nonce = nonce_field()
    title = StringField(_l("Title of the notice"), [required(), at_most(MAX_TITLE)], render_kw=_BLANK)
    body = TextAreaField(
        _l("What changes"), [required(), at_most(MAX_BODY)], description=_l("One paragraph on each line.")
    )
    source = StringField(
        _l("Based on"),
        [at_most(MAX_SOURCE)],
        description=_l("The approval or document that decides the change."),
        render_kw=_BLANK,
    )
    decided_on = DateField(_l("Decided on"), [required()])
    notify_days = CountField(_l("Days for telling the buyers"), [required()], minimum=1, maximum=MAX_DAYS)
    answer_days = CountField(_l("Days for answering"), [required()], minimum=1, maximum=MAX_DAYS)
    buildings = _boxes(_l("Buildings"))
    sections = _boxes(_l("Sections"))
    types = _boxes(_l("Only these unit types"))
    codes = TextAreaField(
        _l("Single sales"),
        [optional(), at_most(_LONGEST_LIST)],
        description=_l("Deal numbers or units, one per line or separated by commas."),
    )

    def offer(self, buildings: Choices, sections: Choices, types: Choices) -> None:
        """Say which places and types can be chosen; fill in the usual clocks."""
        self.buildings.choices, self.sections.choices, self.types.choices = buildings, sections, types
        if not self.is_submitted():
            self.notify_days.data, self.answer_days.data = 10, 15
            self.decided_on.data = clock.business_today()

    def read_draft(self) -> NoticeDraft:
        """Return what was typed; the form is valid."""
        return NoticeDraft(
            title=self.title.data or "",
            body=self.body.data or "",
            decided_on=self.decided_on.data or clock.business_today(),
            source=self.source.data or "",
            notify_days=self.notify_days.data or 0,
            answer_days=self.answer_days.data or 0,
        )

    def read_scope(self) -> NoticeScope:
        """Return which sales were chosen."""
        words = (self.codes.data or "").replace(",", " ").replace("，", " ").replace("、", " ").split()
        return NoticeScope(
            tuple(self.buildings.data or ()),
            tuple(self.sections.data or ()),
            tuple(self.types.data or ()),
            tuple(dict.fromkeys(words)),
        )


class TellingForm(BaseForm):
    """How and when buyers were told; several sales at once."""

    how = StringField(
        _l("How they were told"),
        [required(), at_most(100)],
        description=_l("For example: handed over and signed for, or EMS 1234567890123."),
        render_kw=_BLANK,
    )
    on = DateField(_l("Day"), [required()])
    delivery_ids = SelectMultipleField(_l("Sales"), coerce=int, validate_choice=False)

    def read_telling(self) -> Telling:
        """Return what was typed; the form is valid."""
        return Telling(self.how.data or "", self.on.data or clock.business_today())


class AnswerForm(BaseForm):
    """What the buyers answered."""

    answer = EnumField(
        _l("Answer"),
        [required()],
        enum=BuyerAnswer,
        members=(BuyerAnswer.ACCEPTED, BuyerAnswer.WITHDREW),
        blank=_l("Please choose"),
    )
    on = DateField(_l("Day"), [required()])
    note = StringField(_l("Note"), [at_most(200)], render_kw=_BLANK)


class PrintForm(BaseForm):
    """A button: the paper as PDF, or from the office's template as Word."""

    format = EnumField(_l("Format"), [required()], enum=PaperFormat)
