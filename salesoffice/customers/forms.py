"""Forms of customers and of calls and visits."""

from collections.abc import Sequence

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.infra.i18n import _l
from salesoffice.webkit.fields import CountField, DateField, EnumField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field

_LARGEST_ID = 2**31 - 1


def _read_id(value: object) -> int | None:
    return int(str(value)) if value not in {None, ""} else None


class RepChoice(SelectField):
    """Who serves a customer, among the people of the project; None for nobody."""

    def __init__(self, label: object = "", validators: object = None, **kwargs: object) -> None:
        super().__init__(label, validators, coerce=_read_id, choices=[], **kwargs)

    def offer(self, people: Sequence[tuple[int, str]], blank: object) -> None:
        """Set the entries: a blank one, then (id, name) of each person."""
        self.choices = [SelectChoice("", blank), *(SelectChoice(user_id, name) for user_id, name in people)]


class CustomerForm(BaseForm):
    """A customer. Phones are typed into one box; an empty certificate number changes nothing."""

    nonce = nonce_field()
    name = StringField(_l("Name"), [required(), at_most(100)])
    sex = EnumField(_l("Sex"), enum=Sex, blank=_l("Not known"))
    phones = StringField(_l("Phones"), [at_most(200)], description=_l("Several are separated by commas."))
    certificate_kind = EnumField(_l("Certificate"), enum=CertificateKind)
    certificate_no = StringField(_l("Certificate number"), [at_most(40)])
    source = EnumField(_l("Source"), enum=Source, blank=_l("Not known"))
    address = StringField(_l("Address"), [at_most(200)])
    rep_id = RepChoice(_l("Served by"))
    note = TextAreaField(_l("Note"), [at_most(2000)])


class VisitForm(BaseForm):
    """A call or visit, of a customer already known, of a new one, or of somebody without a name."""

    nonce = nonce_field()
    kind = EnumField(_l("Call or visit"), enum=VisitKind, default=VisitKind.VISIT)
    is_first = BooleanField(_l("First time"), default=True)
    source = EnumField(_l("Source"), [required()], enum=Source, blank=_l("Please choose"))
    customer_id = CountField(_l("Known customer"), [optional()], minimum=1, maximum=_LARGEST_ID)
    name = StringField(_l("Name of a new customer"), [at_most(100)])
    phones = StringField(_l("Phone"), [at_most(200)])
    sex = EnumField(_l("Sex"), enum=Sex, blank=_l("Not known"))
    wants = TextAreaField(_l("Looking for"), [at_most(2000)])
    objections = TextAreaField(_l("Objections"), [at_most(2000)])
    rep_id = RepChoice(_l("Received by"))
    happened_on = DateField(_l("Day"), [required()], default=clock.business_today)


class RevealForm(BaseForm):
    """Why a certificate number is needed."""

    reason = StringField(_l("Reason"), [required(), at_most(200)])
