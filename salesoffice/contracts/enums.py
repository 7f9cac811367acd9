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
    SWAPPED = "swapped", _l("Swapped for another unit")
    FORFEITED = "forfeited", _l("Forfeited")


class Culprit(LabelledEnum):
    """Whose entry was wrong where two entries of a contract differed."""

    FIRST = "first", _l("The first entry was wrong")
    SECOND = "second", _l("The second entry was wrong")
    BOTH = "both", _l("Both entries were wrong")


_ENDS = (ContractState.CANCELLED, ContractState.SWAPPED, ContractState.FORFEITED)

CONTRACT_STEPS: Mapping[ContractState, frozenset[ContractState]] = MappingProxyType(
    {
        ContractState.DRAFT: frozenset({ContractState.VERIFIED, *_ENDS}),
        ContractState.VERIFIED: frozenset({ContractState.SIGNED_ONLINE, *_ENDS}),
        ContractState.SIGNED_ONLINE: frozenset({ContractState.FILED, *_ENDS}),
        ContractState.FILED: frozenset({ContractState.SIGNED_ONLINE}),
        ContractState.CANCELLED: frozenset(),
        ContractState.SWAPPED: frozenset(),
        ContractState.FORFEITED: frozenset(),
    }
)
"""From which state a contract may go to which; a filing is withdrawn before a cancellation."""

ENDED_CONTRACTS = frozenset(_ENDS)
"""States of a contract that is over; `cancelled_at` and `cancelled_on` say when, the state how."""
