"""States of a contract."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class ContractState(LabelledEnum):
    """Life of a contract, from the first entry to the filing."""

    DRAFT = "draft", _l("Awaiting second entry")
    VERIFIED = "verified", _l("Verified")
    SIGNED_ONLINE = "signed_online", _l("Signed online")
    FILED = "filed", _l("Filed")
    CANCELLED = "cancelled", _l("Contract cancelled")


CONTRACT_STEPS: Mapping[ContractState, frozenset[ContractState]] = MappingProxyType(
    {
        ContractState.DRAFT: frozenset({ContractState.VERIFIED, ContractState.CANCELLED}),
        ContractState.VERIFIED: frozenset({ContractState.SIGNED_ONLINE, ContractState.CANCELLED}),
        ContractState.SIGNED_ONLINE: frozenset({ContractState.FILED, ContractState.CANCELLED}),
        ContractState.FILED: frozenset({ContractState.SIGNED_ONLINE}),
        ContractState.CANCELLED: frozenset(),
    }
)
"""From which state a contract may go to which; a filing is withdrawn before a cancellation."""
