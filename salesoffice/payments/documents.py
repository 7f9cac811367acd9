"""The receipt as it is printed, once, for money that finance has confirmed."""

from dataclasses import dataclass
from datetime import date

from salesoffice.core.money import to_capitals
from salesoffice.infra.i18n import speak
from salesoffice.infra.pdf import render_pdf
from salesoffice.payments.enums import REFUNDABLE_KINDS, ReceiptKind
from salesoffice.payments.models import Receipt

_TEMPLATE = "payments/receipt_print.html"
_PAPER_LANGUAGE = "zh_CN"


@dataclass(frozen=True)
class SaleFacts:
    """What a receipt says of the sale; the caller knows it, the account does not."""

    project: str
    seller: str
    unit: str
    place: str
    deal_number: str
    buyers: str
    recorded_by: str
    confirmed_by: str


@dataclass(frozen=True)
class ReceiptPaper:
    """Everything a receipt prints."""

    receipt: Receipt
    sale: SaleFacts
    payer: str
    capitals: str
    printed_on: date
    is_deposit: bool
    is_refundable: bool


def build_paper(receipt: Receipt, sale: SaleFacts, printed_on: date) -> ReceiptPaper:
    """Gather what the receipt prints; without a payer it names the buyers."""
    return ReceiptPaper(
        receipt=receipt,
        sale=sale,
        payer=receipt.payer or sale.buyers,
        capitals=to_capitals(receipt.amount),
        printed_on=printed_on,
        is_deposit=receipt.kind is ReceiptKind.DEPOSIT,
        is_refundable=receipt.kind in REFUNDABLE_KINDS,
    )


def print_receipt(paper: ReceiptPaper) -> bytes:
    """Print the receipt as PDF, in Chinese."""
    with speak(_PAPER_LANGUAGE):
        return render_pdf(_TEMPLATE, paper=paper, receipt=paper.receipt, sale=paper.sale)
