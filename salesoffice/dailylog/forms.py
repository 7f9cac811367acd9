"""Forms of the daily log."""

from wtforms import StringField, TextAreaField

from salesoffice.dailylog.enums import OpinionKind
from salesoffice.dailylog.services.notes import MAXIMUM_TEXT, MAXIMUM_WEATHER
from salesoffice.infra.i18n import _l
from salesoffice.webkit.fields import EnumField, at_most, required
from salesoffice.webkit.forms import BaseForm


class NotesForm(BaseForm):
    """What the assistant adds to a day."""

    weather = StringField(_l("Weather"), [at_most(MAXIMUM_WEATHER)])
    plan = TextAreaField(_l("Plan for tomorrow"), [at_most(MAXIMUM_TEXT)])
    remark = TextAreaField(_l("Remark"), [at_most(MAXIMUM_TEXT)])


class OpinionForm(BaseForm):
    """One opinion."""

    kind = EnumField(_l("About"), [required()], enum=OpinionKind)
    text = TextAreaField(_l("What was said"), [required(), at_most(MAXIMUM_TEXT)])


class RecipientsForm(BaseForm):
    """Further addresses for one log."""

    to = StringField(
        _l("E-mail addresses"),
        [required(), at_most(1000)],
        description=_l("Several addresses are separated by commas."),
    )
