"""What the search box tells when something is opened."""

from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from salesoffice.search.enums import REMEMBERED_KINDS
from salesoffice.webkit.addresses import LARGEST_ID
from salesoffice.webkit.forms import BaseForm


class RememberForm(BaseForm):
    """Which customer, unit or deal was opened."""

    kind = SelectField(choices=[kind.value for kind in REMEMBERED_KINDS], validators=[InputRequired()])
    subject_id = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])
