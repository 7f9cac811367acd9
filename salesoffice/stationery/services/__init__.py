"""The verbs of the register: received, issued, returned; taken by a document, used, given back, spoilt."""

from salesoffice.stationery.services.issuing import FormChoice, issue_forms, return_forms
from salesoffice.stationery.services.runs import RunDraft, receive_run
from salesoffice.stationery.services.taking import (
    choose_form,
    give_back_form,
    spoil_form,
    take_form,
    use_form,
)

__all__ = [
    "FormChoice",
    "RunDraft",
    "choose_form",
    "give_back_form",
    "issue_forms",
    "receive_run",
    "return_forms",
    "spoil_form",
    "take_form",
    "use_form",
]
