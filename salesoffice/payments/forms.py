"""What is typed about money."""

from wtforms import SearchField, StringField, TextAreaField

from salesoffice.infra.i18n import _l
from salesoffice.payments.enums import RECORDABLE_METHODS, PaymentMethod, ReceiptKind, ReceiptState
from salesoffice.webkit.fields import DateField, EnumField, YuanField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm


class ReceiptForm(BaseForm):
    """Money that reached the office."""

    kind = EnumField(_l("For"), [required()], enum=ReceiptKind, default=ReceiptKind.DEPOSIT)
    amount = YuanField(_l("Amount"), [required()])
    method = EnumField(
        _l("How it came"),
        [required()],
        enum=PaymentMethod,
        members=RECORDABLE_METHODS,
        default=PaymentMethod.TRANSFER,
    )
    received_on = DateField(_l("Received on"), [required()])
    slip_no = StringField(
        _l("Slip number"),
        [at_most(60)],
        description=_l("Of the bank or the card terminal."),
        render_kw={"autocomplete": "off"},
    )
    payer = StringField(_l("Payer"), [at_most(100)], render_kw={"autocomplete": "off"})


class ReasonForm(BaseForm):
    """Why something is refused, reversed or rejected."""

    reason = TextAreaField(_l("Reason"), [required(), at_most(200)])


class RefundForm(BaseForm):
    """Money to give back."""

    amount = YuanField(_l("Amount to pay back"), [required()])
    reason = TextAreaField(_l("Reason"), [required(), at_most(200)])


class ReceiptFilterForm(BaseForm):
    """Which receipts to list."""

    class Meta(BaseForm.Meta):
        """Read from the address, nothing is changed."""

        csrf = False

    q = SearchField(_l("Number, unit, buyer, slip"), [at_most(100)])
    state = EnumField(_l("State"), enum=ReceiptState, blank=_l("All states"))
    day = DateField(_l("Received or confirmed on"), [optional()])
