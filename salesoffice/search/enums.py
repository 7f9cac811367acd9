"""What the search box finds."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class FindKind(LabelledEnum):
    """The groups of an answer, in their order."""

    CUSTOMERS = "customers", _l("Customers")
    UNITS = "units", _l("Units")
    DEALS = "deals", _l("Deals")
    SUBSCRIPTIONS = "subscriptions", _l("Subscription agreements")
    CONTRACTS = "contracts", _l("Sales contracts")
    REGISTRATIONS = "registrations", _l("Registrations")
    CHANGES = "changes", _l("Changes")


REMEMBERED_KINDS = (FindKind.CUSTOMERS, FindKind.UNITS, FindKind.DEALS)
"""What is remembered when it is opened; the others lead to a deal or a customer, which is remembered instead."""
