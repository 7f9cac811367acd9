"""Shapes of areas measured, and of the check of a final survey."""

from typing import Self

from wtforms import BooleanField, SelectMultipleField, StringField

from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.queries import EditionRow
from salesoffice.inventory.services import AreaDraft
from salesoffice.webkit.fields import AreaField, DateField, EnumField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm


class AreasForm(BaseForm):
    """One edition of a unit's areas."""

    edition = EnumField(_l("Edition"), [required()], enum=AreaEdition)
    gross_area = AreaField(_l("Gross area"), [optional()])
    inner_area = AreaField(_l("Inner area"), [optional()])
    shared_area = AreaField(_l("Shared area"), [optional()])
    surveyor = StringField(_l("Measured by"), [at_most(100)])
    surveyed_on = DateField(_l("Measured on"), [optional()])
    source = StringField(_l("Document"), [at_most(200)], description=_l("For example the report's number."))

    @classmethod
    def of_edition(cls, row: EditionRow) -> Self:
        """Return the form filled with what is known of an edition."""
        return cls(
            formdata=None,
            edition=row.edition,
            gross_area=row.gross_area,
            inner_area=row.inner_area,
            shared_area=row.shared_area,
        )

    def build_draft(self) -> AreaDraft:
        """Return what was entered."""
        return AreaDraft(self.gross_area.data, self.inner_area.data, self.shared_area.data)


class SurveyForm(BaseForm):
    """Rows of a final survey to be confirmed, or refused with a reason."""

    area_ids = SelectMultipleField(coerce=int, validate_choice=False)
    is_all = BooleanField()
    reason = StringField(_l("Why they are refused"), [at_most(200)])
