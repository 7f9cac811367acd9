"""The one list of the kinds of change and of who handles each."""

from collections.abc import Mapping
from types import MappingProxyType

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.services import (
    area,
    cancellation,
    extension,
    filing,
    forfeiture,
    late_refund,
    revival,
    voiding,
)
from salesoffice.changes.services.handling import ChangeHandler

HANDLERS: Mapping[ChangeKind, ChangeHandler] = MappingProxyType(
    {
        module.HANDLER.kind: module.HANDLER
        for module in (
            extension,
            area,
            cancellation,
            late_refund,
            forfeiture,
            revival,
            filing,
            voiding,
        )
    }
)
"""Every kind of change with its handler."""
