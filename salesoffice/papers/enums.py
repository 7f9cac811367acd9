"""The papers of a sale and the formats they come in."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum
from salesoffice.deals.enums import Stage


class PaperKind(LabelledEnum):
    """What a paper is."""

    SUBSCRIPTION = "subscription", _l("Subscription agreement")
    REGISTRATION_SLIP = "registration_slip", _l("Registration slip")
    PROVISIONAL_ORDER = "provisional_order", _l("Provisional order")
    CONTRACT_SHEET = "contract_sheet", _l("Contract data sheet")
    SUPPLEMENT = "supplement", _l("Supplementary agreement")
    APPLICATION = "application", _l("Application for a change")
    APPROVAL = "approval", _l("Approval sheet")
    NOTICE = "notice", _l("Notice")
    ENGINEERING_NOTICE = "engineering_notice", _l("Engineering change notice")


class PaperFormat(LabelledEnum):
    """Whether a paper was made from our template or from the office's Word template."""

    PDF = "pdf", _l("PDF")
    DOCX = "docx", _l("Word")


class PaperState(LabelledEnum):
    """What a paper is worth now; judged when read, never stored."""

    IN_FORCE = "in_force", _l("Paper in force")
    OUTDATED = "outdated", _l("Needs issuing again")
    SUPERSEDED = "superseded", _l("Paper superseded")


BINDING_KINDS = frozenset({PaperKind.SUBSCRIPTION, PaperKind.CONTRACT_SHEET, PaperKind.SUPPLEMENT})
"""Papers that must be issued again before the next stage when what they say has changed."""

LETTER_KINDS = frozenset({PaperKind.SUPPLEMENT, PaperKind.NOTICE})
"""Papers with words of their own: several may be in force side by side, each with its own number."""

TYPED_KINDS = LETTER_KINDS | {PaperKind.APPLICATION}
"""Papers that carry typed clauses or words."""

BLOCKING_KINDS: Mapping[Stage, frozenset[PaperKind]] = MappingProxyType(
    {
        Stage.SUBSCRIBE: frozenset(),
        Stage.CONTRACT: frozenset({PaperKind.SUBSCRIPTION, PaperKind.SUPPLEMENT}),
        Stage.SIGN_ONLINE: frozenset({PaperKind.CONTRACT_SHEET, PaperKind.SUPPLEMENT}),
        Stage.FILE: frozenset({PaperKind.CONTRACT_SHEET, PaperKind.SUPPLEMENT}),
        Stage.HAND_OVER: frozenset({PaperKind.CONTRACT_SHEET, PaperKind.SUPPLEMENT}),
    }
)
"""Which binding papers keep a sale from which stage; with the contract the subscription agreement has ended."""

TEMPLATE_KINDS = (
    PaperKind.SUBSCRIPTION,
    PaperKind.CONTRACT_SHEET,
    PaperKind.PROVISIONAL_ORDER,
    PaperKind.SUPPLEMENT,
    PaperKind.APPLICATION,
    PaperKind.APPROVAL,
    PaperKind.NOTICE,
    PaperKind.ENGINEERING_NOTICE,
)
"""Papers that can be issued from the office's own Word template."""
