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
    loan,
    naming,
    pricing,
    revival,
    scheduling,
    swapping,
    voiding,
)
from salesoffice.changes.services.handling import ChangeHandler

HANDLERS: Mapping[ChangeKind, ChangeHandler] = MappingProxyType(
    {
        handler.kind: handler
        for handler in (
            extension.HANDLER,
            scheduling.HANDLER,
            naming.CO_OWNER_HANDLER,
            scheduling.DATES_HANDLER,
            pricing.HANDLER,
            cancellation.HANDLER,
            area.HANDLER,
            loan.HANDLER,
            late_refund.HANDLER,
            forfeiture.HANDLER,
            revival.HANDLER,
            swapping.HANDLER,
            naming.NAME_HANDLER,
            naming.PRINCIPAL_HANDLER,
            filing.HANDLER,
            voiding.HANDLER,
        )
    }
)
"""Every kind of change with its handler, the most frequent first."""
