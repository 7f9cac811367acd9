"""Numbered forms: what they are for and how far each has come."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class FormKind(LabelledEnum):
    """What a numbered form is for."""

    CONTRACT = "contract", _l("Contract")
    AGREEMENT = "agreement", _l("Subscription agreement")
    SUPPLEMENT = "supplement", _l("Supplementary agreement")
    MORTGAGE = "mortgage", _l("Mortgage form")
    RECEIPT = "receipt", _l("Receipt")


class FormState(LabelledEnum):
    """Life of a numbered form."""

    RECEIVED = "received", _l("In stock")
    ISSUED = "issued", _l("Issued")
    RESERVED = "reserved", _l("Reserved by a draft")
    USED = "used", _l("Used")
    SPOILT = "spoilt", _l("Spoilt")


FORM_STEPS: Mapping[FormState, frozenset[FormState]] = MappingProxyType(
    {
        FormState.RECEIVED: frozenset({FormState.ISSUED, FormState.RESERVED, FormState.SPOILT}),
        FormState.ISSUED: frozenset({FormState.RECEIVED, FormState.RESERVED, FormState.SPOILT}),
        FormState.RESERVED: frozenset(
            {FormState.USED, FormState.SPOILT, FormState.RECEIVED, FormState.ISSUED}
        ),
        FormState.USED: frozenset({FormState.SPOILT}),
        FormState.SPOILT: frozenset(),
    }
)
"""From which state a form may go to which; the form of a discarded draft goes back to where it was taken from."""

TAKEN_STATES = frozenset({FormState.RESERVED, FormState.USED})
"""States in which a form belongs to one document."""

FREE_STATES = frozenset({FormState.RECEIVED, FormState.ISSUED})
"""States in which a form can still be taken."""
