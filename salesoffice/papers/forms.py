"""The form of issuing a paper."""

from wtforms import HiddenField, TextAreaField

from salesoffice.infra.i18n import _l
from salesoffice.papers.rules import MAX_CLAUSES_LENGTH
from salesoffice.webkit.fields import at_most
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field


class PaperForm(BaseForm):
    """The typed clauses; `shown` is the hash of what the preview showed."""

    clauses = TextAreaField(
        _l("Clauses or words"),
        description=_l("One clause on each line; the numbers come by themselves."),
        validators=[at_most(MAX_CLAUSES_LENGTH)],
    )
    shown = HiddenField(validators=[at_most(64)])
    again = HiddenField(validators=[at_most(12)])
    nonce = nonce_field()
