"""What a buyer answers to an engineering change notice."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class BuyerAnswer(LabelledEnum):
    """The buyer's answer; silence until the day counts as consent."""

    NONE = "none", _l("No answer yet")
    ACCEPTED = "accepted", _l("Accepted")
    WITHDREW = "withdrew", _l("Withdraws from the contract")
    SILENT = "silent", _l("No answer in time: counts as consent")
