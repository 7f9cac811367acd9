"""Words of discounts and offers."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class DiscountSource(LabelledEnum):
    """Who gives a discount."""

    LAUNCH = "launch", _l("Launch")
    CAMPAIGN = "campaign", _l("Campaign")
    PAYMENT = "payment", _l("Payment plan")
    REFERRAL = "referral", _l("Referral by an owner")
    GROUP = "group", _l("Group purchase")
    MANAGER = "manager", _l("Sales manager")
    COMPANY = "company", _l("Company")


class RepaymentKind(LabelledEnum):
    """How a loan is paid back."""

    EQUAL_PAYMENT = "equal_payment", _l("Equal payments")
    EQUAL_PRINCIPAL = "equal_principal", _l("Equal principal")


class FeeKind(LabelledEnum):
    """A tax or fee that the office collects on behalf of others."""

    DEED_TAX = "deed_tax", _l("Deed tax")
    MAINTENANCE_FUND = "maintenance_fund", _l("Maintenance fund")
    REGISTRATION = "registration", _l("Registration fee")
    OTHER = "other", _l("Other fee")


class FeeMeasure(LabelledEnum):
    """From what a fee is counted."""

    RATE = "rate", _l("Share of the price")
    PER_AREA = "per_area", _l("Per m² of gross area")
    AMOUNT = "amount", _l("Fixed fee")


class LoanKind(LabelledEnum):
    """Who lends."""

    COMMERCIAL = "commercial", _l("Commercial loan")
    PROVIDENT = "provident", _l("Provident fund loan")
