"""Forms of the outbox."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField

from salesoffice.webkit.forms import BaseForm


class SendAgainForm(BaseForm):
    attempt = HiddenField()
    accepts_copy = BooleanField(_l("The recipient may get this mail a second time"))
