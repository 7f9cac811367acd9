"""Decisions about price versions; limits and rules of prices."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from salesoffice.core import clock
from salesoffice.infra.i18n import _, _l
from salesoffice.pricing.enums import ForceMoment, PriceLayer
from salesoffice.pricing.rules import RuleRates
from salesoffice.pricing.services import LONGEST_INTERVAL
from salesoffice.projects.forms import PercentField
from salesoffice.webkit.fields import CountField, DateField, EnumField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field

LONGEST_LIST = 400_000
"""Signs of a list of limits: about 15,000 units."""

_LARGEST_ID = 2**31 - 1


class DecisionForm(BaseForm):
    """A step of a version with a few words."""

    nonce = nonce_field()
    comment = StringField(_l("Comment"), [optional(), at_most(500)])


class ApproveForm(DecisionForm):
    """Approve a version, and when it comes into force."""

    when = RadioField(
        _l("When in force"),
        choices=[SelectChoice(moment.value, moment.label) for moment in ForceMoment],
        default=ForceMoment.NOW.value,
    )
    day = DateField(_l("Day"), [optional()])
    time = TimeField(_l("Time"), [Optional()])

    def read_moment(self) -> datetime | None:
        """Return the chosen moment (UTC), None unless one was chosen."""
        if self.when.data != ForceMoment.AT or self.day.data is None or self.time.data is None:
            return None
        return clock.moment_on(self.day.data, self.time.data)

    def validate(self, extra_validators: object = None) -> bool:
        """A moment needs its day and its time."""
        is_valid = super().validate(extra_validators)
        if self.when.data == ForceMoment.AT:
            for field in (self.day, self.time):
                if field.data is None and not field.errors:
                    field.errors = [_("Please fill this in.")]
                    is_valid = False
        return is_valid


class LimitsForm(BaseForm):
    """Limits of prices: a list, or a share of the list prices in force."""

    nonce = nonce_field()
    layer = EnumField(_l("Limit"), enum=PriceLayer)
    effective_on = DateField(_l("Valid from"), [required()])
    source = StringField(
        _l("Paper it comes from"),
        [required(), at_most(200)],
        description=_l("For example the number of the letter or of the filing."),
    )
    listing = TextAreaField(
        _l("Unit and amount in yuan, one unit per line"),
        [at_most(LONGEST_LIST)],
        description=_l("Paste two columns from a workbook: the unit's code and the amount."),
    )
    file = FileField(_l("Or a file with the two columns (CSV, text)"))
    rate = PercentField(_l("Or a share of the list price in force"), [optional()])
    building = CountField(_l("Building"), [optional()], minimum=1, maximum=_LARGEST_ID)
    is_accepted = BooleanField(_l("The authority has accepted these filed prices although they break a rule"))

    def read_day(self) -> date:
        """Return the day from which the limits are valid, once the form is valid."""
        return self.effective_on.data or clock.business_today()


class RulesForm(BaseForm):
    """The city's and the company's rules for changing prices."""

    refile_rate = PercentField(
        _l("File again when a list price is farther from the filed one than"), [required()]
    )
    refile_interval_days = CountField(
        _l("Days between two filings at least"), [required()], minimum=0, maximum=LONGEST_INTERVAL
    )
    max_cut_rate = PercentField(_l("A filing lowers a price by at most"), [required()])
    large_move_rate = PercentField(_l("Warn of a single move larger than"), [required()])
    total_delta_rate = PercentField(_l("Warn when the total value moves by more than"), [required()])
    manager_move_rate = PercentField(_l("A manager approves moves up to"), [required()])

    def read_rules(self) -> RuleRates:
        """Return the rules as typed, once the form is valid."""
        typed: dict[str, Any] = {item.name: self[item.name].data for item in fields(RuleRates)}
        return RuleRates(**typed)
