"""The offer as one A4 page in Chinese (置业计划书), drawn from its stored figures."""

from io import BytesIO
from urllib.parse import quote

from PIL import Image, UnidentifiedImageError

from salesoffice.core import clock
from salesoffice.core.money import format_yuan
from salesoffice.infra.i18n import _, speak
from salesoffice.infra.onepage import Band, Facts, Grid, Leaf, Picture, draw_leaf
from salesoffice.offers.enums import RepaymentKind
from salesoffice.offers.models import Offer
from salesoffice.offers.rules import (
    Loan,
    OfferFigures,
    describe_base,
    describe_rate,
    describe_step,
    load_figures,
    show_number,
)

_PAPER_LANGUAGE = "zh_CN"
_WIDEST_PICTURE = 1400


def draw_offer(offer: Offer, *, code: str, base_url: str, plan: bytes | None) -> bytes:
    """Draw the paper of an offer; `code` is the project's, `plan` the floor plan's picture if there is one."""
    figures = load_figures(offer.figures)
    with speak(_PAPER_LANGUAGE):
        return draw_leaf(
            build_leaf(offer, figures, f"{base_url}/p/{quote(code)}/units/{quote(figures.unit.code)}", plan)
        )


def build_leaf(offer: Offer, figures: OfferFigures, address: str, plan: bytes | None) -> Leaf:
    """Put the figures of an offer on a page, in the reader's language."""
    unit, picture = figures.unit, _read_picture(plan)
    until = clock.local(offer.valid_until).strftime("%Y-%m-%d")
    contact = [_("Consultant: %(name)s", name=figures.rep), figures.rep_phone, unit.phone]
    return Leaf(
        title=unit.project,
        subtitle=_("Purchase plan"),
        corner=(
            _("No. %(number)s", number=offer.number),
            _("Made on %(moment)s", moment=clock.local(offer.made_at).strftime("%Y-%m-%d %H:%M")),
            _("Valid until %(day)s", day=until),
            _("For: %(name)s", name=figures.customer or "—"),
        ),
        subject=" ".join(part for part in (unit.building, unit.section, unit.room_no) if part),
        subject_note=" · ".join(part for part in _describe_unit(figures) if part),
        price_label=_("Price after discounts"),
        price=f"¥{format_yuan(figures.total)}",
        price_note=_describe_price(figures),
        bands=_build_bands(figures, picture),
        contact=[part for part in dict.fromkeys(contact) if part],
        small=(
            _(
                "List price version %(number)s, in force at %(moment)s. Pre-sale permit %(permit)s.",
                number=figures.version_number,
                moment=clock.local(offer.made_at).strftime("%Y-%m-%d %H:%M"),
                permit=unit.permit_no or "—",
            ),
            _(
                "This plan is for information only; it is neither an offer in law nor a part of any contract. Prices,"
                " discounts and the unit's state may change until the subscription is signed; loans are decided by"
                " the lenders, taxes and fees by the authorities on the day of payment."
            ),
            unit.seller + (f"　{unit.address}" if unit.address else ""),
        ),
        code=address,
        code_note=_("The unit today"),
    )


def _describe_unit(figures: OfferFigures) -> list[str]:
    unit = figures.unit
    area = _("gross %(area)s m²", area=f"{unit.gross_area:,.2f}") if unit.gross_area else ""
    return [unit.unit_type, unit.layout, area, unit.orientation]


def _describe_price(figures: OfferFigures) -> str:
    words = []
    if figures.unit_price is not None:
        words.append(_("%(amount)s yuan/m²", amount=format_yuan(figures.unit_price)))
    if figures.saved:
        words.append(_("%(amount)s yuan saved", amount=format_yuan(figures.saved)))
    return "　".join(words)


def _build_bands(figures: OfferFigures, picture: Picture | None) -> list[Band]:
    facts = _build_facts(figures, columns=2 if picture else 4)
    prices, payments = _build_prices(figures), _build_payments(figures)
    bands = [Band((facts, picture), (1.25, 1.0)) if picture else Band((facts,))]
    bands += [Band((prices,)), Band((payments,))]
    if figures.loans:
        bands.append(Band((_build_loans(figures),)))
    if figures.fees:
        bands.append(Band((_build_fees(figures),)))
    return bands


def _build_facts(figures: OfferFigures, *, columns: int) -> Facts:
    unit = figures.unit
    areas = [
        f"{value:,.2f} m²" if value else "—" for value in (unit.gross_area, unit.inner_area, unit.shared_area)
    ]
    pairs = [
        (_("Building"), unit.building),
        (_("Section"), unit.section),
        (_("Floor"), unit.floor),
        (_("Room"), unit.room_no),
        (_("Unit type"), f"{unit.unit_type} {unit.layout}".strip()),
        (_("Orientation"), unit.orientation),
        (_("Gross area"), areas[0]),
        (_("Inner area"), areas[1]),
        (_("Shared area"), areas[2]),
        (_("Usage"), str(unit.product.label)),
    ]
    return Facts(_("The unit"), [(label, value or "—") for label, value in pairs], columns)


def _build_prices(figures: OfferFigures) -> Grid:
    first = ""
    if figures.list_unit_price is not None:
        first = _("%(amount)s yuan/m²", amount=format_yuan(figures.list_unit_price))
    rows = [(_("List price"), f"{figures.basis.label} {first}".strip(), "", format_yuan(figures.list_total))]
    rows += [
        (
            step.name,
            describe_step(step.kind, step.value),
            format_yuan(step.before - step.after),
            format_yuan(step.after),
        )
        for step in figures.steps
    ]
    return Grid(
        _("Price and discounts"),
        (_("Step"), _("How"), _("Taken off (yuan)"), _("Price after it (yuan)")),
        rows,
        (2.4, 2.2, 1.3, 1.5),
        ("left", "left", "right", "right"),
        foot=(_("Deal price"), "", format_yuan(figures.saved), format_yuan(figures.total)),
    )


def _build_payments(figures: OfferFigures) -> Grid:
    rows = []
    for number, line in enumerate(figures.payments, start=1):
        share = f"{line.amount * 100 / figures.total:.2f} %"
        payer = _("Lender") if line.is_loan else _("Buyer")
        rows.append(
            (
                str(number),
                str(line.kind.label),
                line.due_on.isoformat(),
                payer,
                share,
                format_yuan(line.amount),
            )
        )
    return Grid(
        _("Payment schedule"),
        ("#", _("For"), _("Due day"), _("Paid by"), _("Share"), _("Amount (yuan)")),
        rows,
        (0.4, 1.6, 1.4, 1.0, 1.0, 1.6),
        ("left", "left", "left", "left", "right", "right"),
        foot=(
            "",
            _("Together"),
            "",
            "",
            "100.00 %",
            format_yuan(sum(line.amount for line in figures.payments)),
        ),
        note=_("Days are counted as if the subscription were signed on the day of this plan."),
    )


def _build_loans(figures: OfferFigures) -> Grid:
    heads = (
        _("Loan"), _("Amount (yuan)"), _("Yearly rate"), _("Years"), _("Repayment"), _("Each month (yuan)"),
        _("Interest in all (yuan)"),
    )  # fmt: skip
    rows = [_write_loan(loan) for loan in figures.loans]
    foot: tuple[str, ...] = ()
    if len(figures.loans) > 1:
        monthly, interest = (
            sum(values)
            for values in zip(
                *((loan.first_payment, loan.total_interest) for loan in figures.loans), strict=True
            )
        )
        foot = (_("Together"), format_yuan(figures.loan_total), "", "", "",
                _("first month %(amount)s", amount=format_yuan(monthly)), format_yuan(interest))  # fmt: skip
    rate = "" if figures.down_payment_rate is None else show_number(figures.down_payment_rate * 100)
    note = _(
        "Down payment %(rate)s %% and what rounding the loan down to whole 10,000 yuan leaves: %(amount)s yuan.",
        rate=rate,
        amount=format_yuan(figures.own_total),
    )
    return Grid(
        _("Loan"), heads, rows, (1.5, 1.4, 0.9, 0.6, 1.1, 2.4, 1.5),
        ("left", "right", "right", "right", "left", "right", "right"), foot, note,
    )  # fmt: skip


def _write_loan(loan: Loan) -> tuple[str, ...]:
    monthly = format_yuan(loan.first_payment)
    if loan.repayment is RepaymentKind.EQUAL_PRINCIPAL:
        monthly = _(
            "first %(first)s, less %(drop)s each, last %(last)s",
            first=format_yuan(loan.first_payment),
            drop=format_yuan(loan.drop),
            last=format_yuan(loan.last_payment),
        )
    return (
        str(loan.kind.label),
        format_yuan(loan.principal),
        f"{show_number(loan.rate * 100)} %",
        str(loan.months // 12),
        str(loan.repayment.label),
        monthly,
        format_yuan(loan.total_interest),
    )


def _build_fees(figures: OfferFigures) -> Grid:
    rows = [
        (
            line.terms.name,
            describe_base(line),
            describe_rate(line.terms),
            format_yuan(line.amount),
            line.terms.source,
        )
        for line in figures.fees
    ]
    return Grid(
        _("Taxes and fees collected on behalf"),
        (_("Item"), _("Base"), _("Rate"), _("Amount (yuan)"), _("Source")),
        rows,
        (2.3, 1.3, 1.2, 1.2, 2.6),
        ("left", "right", "right", "right", "left"),
        foot=(_("Together"), "", "", format_yuan(figures.fee_total), ""),
    )


def _read_picture(data: bytes | None) -> Picture | None:
    """Bring a floor plan to a size that prints well; None for what cannot be read as a picture."""
    if data is None:
        return None
    try:
        with Image.open(BytesIO(data)) as found:
            found.thumbnail((_WIDEST_PICTURE, _WIDEST_PICTURE))
            flat = Image.new("RGB", found.size, "white")
            drawn = found.convert("RGBA")
            flat.paste(drawn, mask=drawn.getchannel("A"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    stream = BytesIO()
    flat.save(stream, "JPEG", quality=88)
    return Picture(_("Floor plan"), stream.getvalue())
