"""Forms of discount schemes, authority, loan terms and fees, and offers."""

from salesoffice.offers.forms.fields import PercentField
from salesoffice.offers.forms.making import OfferForm
from salesoffice.offers.forms.schemes import OFFER_ROLES, AuthorityForm, SchemeForm, StepForm
from salesoffice.offers.forms.tools import ToolsForm

__all__ = [
    "OFFER_ROLES",
    "AuthorityForm",
    "OfferForm",
    "PercentField",
    "SchemeForm",
    "StepForm",
    "ToolsForm",
]
