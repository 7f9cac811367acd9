"""Forms of release batches and the launch checklist."""

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from salesoffice.infra.i18n import _l
from salesoffice.webkit.fields import DateField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm

_LONGEST_LIST = 60_000


class BatchForm(BaseForm):
    """Begin a release batch."""

    name = StringField(_l("Name of the batch"), [required(), at_most(60)])
    planned_on = DateField(_l("Planned day"), [optional()])
    note = StringField(_l("Note"), [optional(), at_most(200)])


class PlanForm(BaseForm):
    """Change the planned day and the note of a batch."""

    planned_on = DateField(_l("Planned day"), [optional()])
    note = StringField(_l("Note"), [optional(), at_most(200)])


class UnitsForm(BaseForm):
    """Choose units by building or by code."""

    buildings = SelectMultipleField(
        _l("All units of these buildings that are in no batch yet"),
        [optional()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    codes = TextAreaField(
        _l("Codes of units, one per line or separated by commas"), [optional(), at_most(_LONGEST_LIST)]
    )

    take_out = BooleanField(_l("Take these units out of the batch"))

    def offer(self, choices: list[tuple[int, str]]) -> None:
        """Say which buildings can be chosen."""
        self.buildings.choices = choices

    def read_codes(self) -> list[str]:
        """Return the codes that were typed, in their order, each once."""
        words = (self.codes.data or "").replace(",", " ").replace("，", " ").replace("、", " ").split()
        return list(dict.fromkeys(words))


class TitleForm(BaseForm):
    """Add something to the checklist."""

    title = StringField(_l("What must be ready"), [required(), at_most(100)])


class ItemForm(BaseForm):
    """Who sees to an item, until when, with which paper."""

    owner_id = SelectField(_l("Who sees to it"), [optional()])
    due_on = DateField(_l("Due on"), [optional()])
    note = StringField(_l("Note, or why it is not needed"), [optional(), at_most(200)])
    file = FileField(_l("Paper (PDF, PNG or JPEG)"))


class PlainForm(BaseForm):
    """A button: only the protection against forged requests."""
