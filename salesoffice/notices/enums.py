"""What a buyer answers to an engineering change notice."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class BuyerAnswer(LabelledEnum):
    """The buyer's answer; silence until the day counts as consent."""

    NONE = "none", _l("No answer yet")
    ACCEPTED = "accepted", _l("Accepted")
    WITHDREW = "withdrew", _l("Withdraws from the contract")
    SILENT = "silent", _l("No answer in time: counts as consent")


ANSWER_STEPS: Mapping[BuyerAnswer, frozenset[BuyerAnswer]] = MappingProxyType(
    {
        BuyerAnswer.NONE: frozenset({BuyerAnswer.ACCEPTED, BuyerAnswer.WITHDREW, BuyerAnswer.SILENT}),
        BuyerAnswer.SILENT: frozenset({BuyerAnswer.ACCEPTED, BuyerAnswer.WITHDREW}),
        BuyerAnswer.ACCEPTED: frozenset(),
        BuyerAnswer.WITHDREW: frozenset(),
    }
)
"""From which answer to which; after silence only an answer that was given in time and entered late."""


class DeliveryState(LabelledEnum):
    """How far the notice to one sale has come; derived from its days, never stored."""

    TO_NOTIFY = "to_notify", _l("To be told")
    NOTIFY_LATE = "notify_late", _l("Not told in time")
    WAITING = "waiting", _l("Buyer may answer")
    ANSWERED = "answered", _l("Answered")
