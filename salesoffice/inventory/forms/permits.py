"""Shapes of pre-sale permits."""

import re

from wtforms import StringField, TextAreaField

from salesoffice.infra.i18n import _l
from salesoffice.inventory.forms.units import CheckboxesField, ChosenUnitsForm
from salesoffice.webkit.fields import DateField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm

_LONGEST_LIST = 100_000


class PermitForm(BaseForm):
    """A pre-sale permit for the whole project, or for some buildings."""

    number = StringField(_l("Number of the permit"), [required(), at_most(60)])
    issued_on = DateField(_l("Issued on"), [required()])
    buildings = CheckboxesField(
        _l("Buildings it covers"), coerce=int, description=_l("None chosen: the whole project.")
    )
    supervised_account = StringField(_l("Supervised account"), [at_most(100)])


class PermitUnitsForm(ChosenUnitsForm):
    """A pre-sale permit for single units: ticked in a list, all of its filter, or by their codes."""

    number = StringField(_l("Number of the permit"), [required(), at_most(60)])
    issued_on = DateField(_l("Issued on"), [required()])
    supervised_account = StringField(_l("Supervised account"), [at_most(100)])
    codes = TextAreaField(
        _l("Codes of units"),
        [optional(), at_most(_LONGEST_LIST)],
        description=_l("May be pasted from a table; one per line, or with commas between them."),
    )

    def read_codes(self) -> list[str]:
        """Return the codes that were typed or pasted."""
        return [code for code in re.split(r"[\s,，;；、]+", self.codes.data or "") if code]


class PublishForm(BaseForm):
    """The day on which the units of a permit and their prices were made public."""

    published_on = DateField(_l("Made public on"), [required()])
