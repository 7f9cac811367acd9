"""The papers of a sale and the formats they come in."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


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


BINDING_KINDS = frozenset({PaperKind.SUBSCRIPTION, PaperKind.CONTRACT_SHEET, PaperKind.SUPPLEMENT})
"""Papers that must be issued again before the next stage when what they say has changed."""
