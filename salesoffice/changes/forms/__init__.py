"""What is typed when a change is asked for: one form per kind, `FORMS` lists them."""

from collections.abc import Mapping
from types import MappingProxyType

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.forms.area import AreaSettlementForm
from salesoffice.changes.forms.base import ChangeForm
from salesoffice.changes.forms.buyers import CoOwnerForm, NameForm, PrincipalForm
from salesoffice.changes.forms.endings import (
    CancellationForm,
    ForfeitureForm,
    LateRefundForm,
    RevivalForm,
    VoidForm,
)
from salesoffice.changes.forms.signing import ExtensionForm, FilingWithdrawalForm
from salesoffice.changes.forms.terms import LoanForm, PaymentDatesForm, PlanForm, PriceForm, SwapForm

FORMS: Mapping[ChangeKind, type[ChangeForm]] = MappingProxyType(
    {
        ChangeKind.EXTENSION: ExtensionForm,
        ChangeKind.SCHEDULE: PlanForm,
        ChangeKind.CO_OWNER: CoOwnerForm,
        ChangeKind.PAYMENT_DATES: PaymentDatesForm,
        ChangeKind.PRICE: PriceForm,
        ChangeKind.LOAN: LoanForm,
        ChangeKind.SWAP: SwapForm,
        ChangeKind.NAME_CHANGE: NameForm,
        ChangeKind.PRINCIPAL: PrincipalForm,
        ChangeKind.AREA_SETTLEMENT: AreaSettlementForm,
        ChangeKind.CANCELLATION: CancellationForm,
        ChangeKind.FORFEITURE: ForfeitureForm,
        ChangeKind.REVIVAL: RevivalForm,
        ChangeKind.REFUND_AFTER_FORFEITURE: LateRefundForm,
        ChangeKind.FILING_WITHDRAWAL: FilingWithdrawalForm,
        ChangeKind.VOID: VoidForm,
    }
)
"""The form of each kind that people ask for on a page of its own."""

__all__ = ["FORMS", "ChangeForm"]
