"""The verbs of contracts: entered, verified by a second person, signed online, filed, cancelled."""

from salesoffice.contracts.services.entries import ContractEntry, correct_draft, draft_contract
from salesoffice.contracts.services.steps import (
    cancel_contract,
    discard_draft,
    file_contract,
    sign_online,
    withdraw_filing,
)
from salesoffice.contracts.services.verifying import (
    DifferingFields,
    Verification,
    keep_check,
    verify_contract,
)

__all__ = [
    "ContractEntry",
    "DifferingFields",
    "Verification",
    "cancel_contract",
    "correct_draft",
    "discard_draft",
    "draft_contract",
    "file_contract",
    "keep_check",
    "sign_online",
    "verify_contract",
    "withdraw_filing",
]
