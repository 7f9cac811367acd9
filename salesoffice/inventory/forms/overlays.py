"""Shapes of legal overlays."""

from wtforms import StringField

from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import OverlayKind
from salesoffice.webkit.fields import DateField, EnumField, at_most, required
from salesoffice.webkit.forms import BaseForm


class OverlayForm(BaseForm):
    """A mortgage, seizure or restriction on a unit."""

    kind = EnumField(_l("What stands on the unit"), [required()], enum=OverlayKind)
    since_on = DateField(_l("Since"), [required()])
    reference = StringField(
        _l("Document"),
        [required(), at_most(200)],
        description=_l("Register entry, court order or letter, with its number."),
    )


class LiftForm(BaseForm):
    """The end of an overlay."""

    lifted_on = DateField(_l("Lifted on"), [required()])
    reason = StringField(
        _l("Document by which it was lifted"), [required(), at_most(200)], description=_l("With its number.")
    )
