"""What papers and their differences are called, in the reader's language."""

from collections.abc import Mapping

from flask_babel import LazyString

from salesoffice.infra.i18n import _, _l
from salesoffice.papers.documents.printing import show_value
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import Standing
from salesoffice.papers.rules import Difference

NAMES: Mapping[str, LazyString] = {
    "accessories": _l("Accessories"),
    "accessory_amount": _l("Price of the accessory"),
    "after_amount": _l("Price after"),
    "before_amount": _l("Price before"),
    "buyers": _l("Buyers"),
    "certificate_kind": _l("Certificate"),
    "certificate_mark": _l("Certificate number"),
    "certificate_no": _l("Certificate number"),
    "clauses": _l("Clauses"),
    "contract_area": _l("Area in the contract"),
    "contract_no": _l("Contract number"),
    "deposit_amount": _l("Deposit"),
    "discount_kind": _l("Discount kind"),
    "due_amount": _l("Amount"),
    "due_on": _l("Due day"),
    "gross_area": _l("Gross area"),
    "inner_area": _l("Inner area"),
    "instalment_kind": _l("For"),
    "instalments": _l("Payment schedule"),
    "loan_amount": _l("Loan"),
    "loan_bank": _l("Bank"),
    "loan_years": _l("Years of the loan"),
    "name": _l("Name"),
    "plan_kind": _l("Payment plan"),
    "share": _l("Share of ownership"),
    "signed_on": _l("Signed on"),
    "steps": _l("Discounts"),
    "total_amount": _l("Deal price"),
    "unit_code": _l("Unit"),
    "unit_place": _l("Place of the unit"),
    "value": _l("Value"),
}
"""What the fields that bind are called."""

_SHOWN = 3


def name_field(difference: Difference) -> str:
    """Return what a field is called: “Buyers 2, name”."""
    outer, _dot, inner = difference.name.partition(".")
    name = str(NAMES.get(outer, outer))
    if difference.row:
        name = f"{name} {difference.row}"
    return f"{name}, {NAMES.get(inner, inner)}" if inner else name


def show_side(difference: Difference, value: str) -> str:
    """Return one side of a difference in words; of a certificate only whether it is the same one."""
    inner = difference.name.rpartition(".")[2]
    if inner == "certificate_mark":
        return _("another number") if value == difference.new and value else _("the number at that time")
    return show_value(inner, value)


def name_paper(paper: Paper) -> str:
    """Return kind, number and edition of a paper in one."""
    return _(
        "%(kind)s %(number)s (edition %(edition)s)",
        kind=paper.kind.label,
        number=paper.number,
        edition=paper.edition,
    )


def tell_differences(standing: Standing) -> str:
    """Return in one line what a paper says and what is so now; its first differences."""
    told = [
        _(
            "%(fact)s: %(old)s → %(new)s",
            fact=name_field(found),
            old=show_side(found, found.old) or "–",
            new=show_side(found, found.new) or "–",
        )
        for found in standing.differences[:_SHOWN]
    ]
    if len(standing.differences) > _SHOWN:
        told.append(_("and %(count)s more", count=len(standing.differences) - _SHOWN))
    return "; ".join(told) or standing.paper.superseded_reason
