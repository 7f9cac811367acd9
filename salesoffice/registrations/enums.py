"""Registrations of interest (认筹): states and categories."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class RegistrationState(LabelledEnum):
    """Life of a registration."""

    ACTIVE = "active", _l("In the queue")
    CONVERTED = "converted", _l("Converted to a subscription")
    GIVEN_BACK = "given_back", _l("Given back")


REGISTRATION_STEPS: Mapping[RegistrationState, frozenset[RegistrationState]] = MappingProxyType(
    {
        RegistrationState.ACTIVE: frozenset({RegistrationState.CONVERTED, RegistrationState.GIVEN_BACK}),
        RegistrationState.CONVERTED: frozenset(),
        RegistrationState.GIVEN_BACK: frozenset(),
    }
)
"""From which state a registration may go to which."""
