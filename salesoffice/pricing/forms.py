"""What sheet to make."""

from salesoffice.infra.i18n import _l
from salesoffice.pricing.enums import SheetFormat, SheetKind
from salesoffice.webkit.fields import CountField, EnumField, optional
from salesoffice.webkit.forms import BaseForm


class SheetForm(BaseForm):
    """Kind, version, building and format of a sheet; asked for by GET, because it changes nothing."""

    class Meta(BaseForm.Meta):
        """Nothing is changed, so nothing is to be protected."""

        csrf = False

    kind = EnumField(_l("Sheet"), enum=SheetKind)
    format = EnumField(_l("Format"), enum=SheetFormat)
    version = CountField(_l("Version"), [optional()], minimum=1)
    building = CountField(_l("Building"), [optional()], minimum=1, maximum=2**31 - 1)
