"""What sheet to make."""

from salesoffice.infra.i18n import _l
from salesoffice.pricing.enums import SheetFormat, SheetKind, SheetPaper
from salesoffice.webkit.fields import CountField, EnumField, optional
from salesoffice.webkit.forms import BaseForm

_LARGEST_ID = 2**31 - 1


class SheetForm(BaseForm):
    """Kind, version, building, format and paper of a sheet, and the version that a comparison starts from."""

    kind = EnumField(_l("Sheet"), enum=SheetKind)
    format = EnumField(_l("Format"), enum=SheetFormat)
    version = CountField(_l("Version"), [optional()], minimum=1, maximum=_LARGEST_ID)
    building = CountField(_l("Building"), [optional()], minimum=1, maximum=_LARGEST_ID)
    paper = EnumField(_l("Paper size"), [optional()], enum=SheetPaper, default=SheetPaper.AUTO)
    before = CountField(_l("Compared with"), [optional()], minimum=1, maximum=_LARGEST_ID)
