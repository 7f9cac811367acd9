"""Finding contracts and their second entries, how often entries are wrong, and what must never be the case."""

from salesoffice.contracts.queries.checks import (
    CheckedField,
    CheckLine,
    get_check,
    list_checks,
    list_first_persons,
    read_differences,
    select_unresolved,
)
from salesoffice.contracts.queries.contracts import (
    CLAIM_KINDS_OF_STATE,
    CONTRACT_SERIES,
    CONTRACT_TEMPLATE,
    SIGNED_STATES,
    find_breaches,
    find_contract_of_deal,
    find_last_check,
    get_contract,
    is_number_given_out,
    is_number_taken,
    list_contracts_of_deal,
)
from salesoffice.contracts.queries.errors import ErrorReport, FieldErrors, PersonMonth, report_errors

__all__ = [
    "CLAIM_KINDS_OF_STATE",
    "CONTRACT_SERIES",
    "CONTRACT_TEMPLATE",
    "SIGNED_STATES",
    "CheckLine",
    "CheckedField",
    "ErrorReport",
    "FieldErrors",
    "PersonMonth",
    "find_breaches",
    "find_contract_of_deal",
    "find_last_check",
    "get_check",
    "get_contract",
    "is_number_given_out",
    "is_number_taken",
    "list_checks",
    "list_contracts_of_deal",
    "list_first_persons",
    "read_differences",
    "report_errors",
    "select_unresolved",
]
