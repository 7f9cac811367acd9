"""The verbs of customers: register, change, reveal a certificate, record a call or a visit."""

from salesoffice.customers.services.registering import (
    CustomerChanges,
    CustomerDetails,
    register_customer,
    reveal_certificate,
    update_customer,
)
from salesoffice.customers.services.visiting import VisitDetails, record_visit

__all__ = [
    "CustomerChanges",
    "CustomerDetails",
    "VisitDetails",
    "record_visit",
    "register_customer",
    "reveal_certificate",
    "update_customer",
]
