"""The forms of issuing a paper, and of the office's Word templates."""

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, StringField, TextAreaField

from salesoffice.infra.i18n import _l
from salesoffice.papers.enums import TEMPLATE_KINDS, PaperKind
from salesoffice.papers.rules import MAX_CLAUSES_LENGTH
from salesoffice.webkit.fields import EnumField, at_most, required
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


class TemplateForm(BaseForm):
    """A Word template for a kind of paper."""

    nonce = nonce_field()
    kind = EnumField(_l("Paper"), [required()], enum=PaperKind, members=TEMPLATE_KINDS)
    name = StringField(
        _l("Name of the template"),
        [required(), at_most(120)],
        description=_l("For example the date of the version that the lawyers approved."),
        render_kw={"autocomplete": "off"},
    )
    file = FileField(_l("Word document (.docx)"), [FileRequired(_l("Choose a file."))])


class PlainForm(BaseForm):
    """A button: only the protection against forged requests."""
