"""Shapes of what is entered about projects."""

from decimal import Decimal, InvalidOperation

from wtforms import BooleanField, EmailField, StringField, TimeField

from salesoffice.infra.i18n import _, _l
from salesoffice.webkit.fields import CountField, TypedField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm

_FINEST = Decimal("0.000001")


class PercentField(TypedField):
    """A share typed in percent: 20 is the Decimal 0.2; at most four decimals."""

    unit = "%"

    def parse(self, typed: str) -> Decimal:
        """Return the share."""
        message = _("Please enter a percentage from 0 to 100, for example 20 or 0.05.")
        try:
            share = Decimal(typed.removesuffix("%").strip()) / 100
            exact = share.quantize(_FINEST)
        except InvalidOperation as error:
            raise ValueError(message) from error
        if exact != share or not 0 <= exact <= 1:
            raise ValueError(message)
        return exact

    def show(self, value: Decimal) -> str:
        """Show a share as percent, without needless zeros."""
        return f"{(value * 100).normalize():f}"


class NewProjectForm(BaseForm):
    """A new project."""

    code = StringField(_l("Code"), [required(), at_most(32)])
    name = StringField(_l("Project name"), [required(), at_most(100)])
    city = StringField(_l("City"), [optional(), at_most(60)])
    company = StringField(_l("Company"), [optional(), at_most(100)])
    address = StringField(_l("Address"), [optional(), at_most(200)])


class ProjectForm(BaseForm):
    """A project's data and the rules of its office."""

    name = StringField(_l("Project name"), [required(), at_most(100)])
    city = StringField(_l("City"), [optional(), at_most(60)])
    address = StringField(_l("Address"), [optional(), at_most(200)])
    phone = StringField(_l("Telephone"), [optional(), at_most(40)])
    max_deposit_rate = PercentField(_l("Highest deposit, share of the price"), [required()])
    sign_by_days = CountField(_l("Days from subscription to contract"), [required()], minimum=1, maximum=90)
    provisional_days = CountField(_l("A provisional order lasts, days"), [required()], minimum=1, maximum=60)
    forfeit_after_days = CountField(
        _l("Forfeited by itself so many days after the last day for signing"),
        [optional()],
        minimum=1,
        maximum=365,
        description=_l("Left empty, only by hand."),
    )
    filing_days = CountField(_l("Days from contract to filing"), [required()], minimum=1, maximum=365)
    hold_minutes = CountField(_l("A hold lasts, minutes"), [required()], minimum=1, maximum=10_080)
    max_hold_minutes = CountField(
        _l("Longest hold with extensions, minutes"), [required()], minimum=1, maximum=10_080
    )
    hold_limit = CountField(_l("Holds of one rep at a time"), [required()], minimum=1, maximum=1000)
    down_payment_rate = PercentField(_l("Lowest down payment with a mortgage"), [required()])
    late_fee_rate = PercentField(_l("Late fee per day"), [required()])
    log_send_at = TimeField(_l("The daily log is sent at"), [required()])
    is_log_automatic = BooleanField(_l("Close and send the daily log by itself at this time"))
    is_price_page_public = BooleanField(
        _l("Show the prices of all units on sale to everybody, without sign-in")
    )


class RecipientForm(BaseForm):
    """A recipient of the daily log."""

    email = EmailField(_l("E-mail"), [required(), at_most(254)])
    name = StringField(_l("Name"), [optional(), at_most(100)])
