"""Forms of pricing."""

from salesoffice.pricing.forms.sheets import SheetForm
from salesoffice.pricing.forms.versions import (
    ApproveForm,
    DecisionForm,
    LimitsForm,
    RulesForm,
)

__all__ = ["ApproveForm", "DecisionForm", "LimitsForm", "RulesForm", "SheetForm"]
