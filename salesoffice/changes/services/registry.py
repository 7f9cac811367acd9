"""The one list of the kinds of change and of who handles each."""

from collections.abc import Mapping
from types import MappingProxyType

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.services import extension
from salesoffice.changes.services.handling import ChangeHandler

HANDLERS: Mapping[ChangeKind, ChangeHandler] = MappingProxyType(
    {handler.kind: handler for handler in (extension.HANDLER,)}
)
"""Every kind of change with its handler."""
