"""What is entered of papers attached to a sale, and of what a project requires."""

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import StringField

from salesoffice.deals.enums import AttachmentKind
from salesoffice.infra.i18n import _l
from salesoffice.webkit.fields import EnumField, at_most, required
from salesoffice.webkit.forms import BaseForm


class AttachForm(BaseForm):
    """Files of one kind; on the phone the camera may take them."""

    kind = EnumField(_l("What the paper is"), [required()], enum=AttachmentKind, id="attachment_kind")
    files = MultipleFileField(
        _l("Files (PDF, JPG, PNG, DOCX)"),
        [FileRequired()],
        description=_l("At most 20 MB each, several at once."),
    )


class RemoveForm(BaseForm):
    """Why a paper is taken out."""

    reason = StringField(
        _l("Reason"),
        [required(), at_most(200)],
        description=_l("The paper stays on record with this reason."),
    )


class RequirementsForm(BaseForm):
    """The grid of stages and kinds; its boxes are read by name."""
