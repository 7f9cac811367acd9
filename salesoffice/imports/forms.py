"""Shapes of what is entered for an import."""

from collections.abc import Mapping, Sequence

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, StringField

from salesoffice.imports.enums import ColumnField, ImportKind
from salesoffice.infra.i18n import _l
from salesoffice.webkit.fields import EnumField, at_most, required
from salesoffice.webkit.forms import BaseForm

_LONGEST_BUILDING = 40


class UploadForm(BaseForm):
    """Files, and the building for those that name none."""

    files = MultipleFileField(
        _l("Files (XLSX, XLS, CSV, JSON, or a register of the authority)"), [required()]
    )
    kind = EnumField(
        _l("What the file brings"), enum=ImportKind, blank=_l("Told by its columns"), default=None
    )
    building = StringField(
        _l("Building, if the file names none"),
        [at_most(_LONGEST_BUILDING)],
        description=_l("For example 3栋. It is used only for rows that name no building."),
    )


class CommitForm(BaseForm):
    """Whether the good rows are wanted without the rejected ones."""

    accept_partial = BooleanField(_l("Import the other rows and leave the rejected ones out"))


class ProfileForm(BaseForm):
    """The name of remembered columns."""

    name = StringField(_l("Name of the profile"), [required(), at_most(60)])


class PlainForm(BaseForm):
    """A form without fields of its own; only its protection is checked."""


def read_columns(header: Sequence[str], sent: Mapping[str, str]) -> dict[str, ColumnField]:
    """Read the mapping a person chose: `column-N` is the field of the N-th column, empty for one not read."""
    known = {field.value: field for field in ColumnField}
    chosen = {}
    for number, column in enumerate(header):
        field = known.get(sent.get(f"column-{number}", ""))
        if field is not None and column and column not in chosen:
            chosen[column] = field
    return chosen
