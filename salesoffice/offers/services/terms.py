"""Loan terms and fees of a project."""

import json
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.orm import Session

from salesoffice.core.errors import InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.offers.enums import FeeMeasure
from salesoffice.offers.models import FeeRate, LoanTerms
from salesoffice.offers.queries import get_tools
from salesoffice.offers.rules import FeeTerms, LoanFigures

MAX_YEARS = 40


def set_tools(
    session: Session, project_id: int, *, actor: Actor, loan: LoanFigures, fees: Sequence[FeeTerms]
) -> LoanTerms:
    """Set the loan terms and the fees of a project, the fees in this order; offers made before keep their figures.

    Refused: `terms_invalid` for rates below 0 or from 100 % on, years outside 1 to 40, shares above 100 %, area bands
    that end before they begin.
    """
    _check(loan, fees)
    before = get_tools(session, project_id)
    terms = session.get(LoanTerms, project_id) or LoanTerms(project_id=project_id)
    terms.commercial_rate, terms.provident_rate = loan.commercial_rate, loan.provident_rate
    terms.provident_ceiling_amount = loan.provident_ceiling
    terms.max_years, terms.source = loan.max_years, loan.source
    session.add(terms)
    session.execute(delete(FeeRate).where(FeeRate.project_id == project_id))
    session.add_all(_build_row(project_id, fee, place) for place, fee in enumerate(fees, start=1))
    session.flush()
    audit.record(
        session,
        action="offer_terms.set",
        actor=actor,
        project_id=project_id,
        subject=_Subject(project_id),
        before=_figures_of(before.loan, before.fees),
        after=_figures_of(loan, fees),
    )
    return terms


class _Subject:
    """The loan terms of a project: their key is the project's id."""

    __tablename__ = "loan_terms"

    def __init__(self, project_id: int) -> None:
        self.id = project_id


def _check(loan: LoanFigures, fees: Sequence[FeeTerms]) -> None:
    is_right = (
        all(0 <= rate < 1 for rate in (loan.commercial_rate, loan.provident_rate))
        and 1 <= loan.max_years <= MAX_YEARS
        and all(_is_right(fee) for fee in fees)
    )
    if not is_right:
        message = _l(
            "Rates are from 0 to below 100 per cent, bands of area rise, loans run for 1 to 40 years."
        )
        raise InvalidInput(message, code="terms_invalid")


def _is_right(fee: FeeTerms) -> bool:
    is_band = fee.area_from is None or fee.area_to is None or fee.area_from < fee.area_to
    return is_band and fee.value >= 0 and (fee.measure is not FeeMeasure.RATE or fee.value < 1)


def _build_row(project_id: int, fee: FeeTerms, position: int) -> FeeRate:
    return FeeRate(
        project_id=project_id,
        kind=fee.kind,
        name=fee.name,
        measure=fee.measure,
        value=f"{fee.value:f}",
        area_from=fee.area_from,
        area_to=fee.area_to,
        products=json.dumps(sorted(product.value for product in fee.products)),
        source=fee.source,
        position=position,
    )


def _figures_of(loan: LoanFigures, fees: Sequence[FeeTerms]) -> dict[str, object]:
    return {
        "commercial_rate": str(loan.commercial_rate),
        "provident_rate": str(loan.provident_rate),
        "provident_ceiling": loan.provident_ceiling,
        "max_years": loan.max_years,
        "fees": [[fee.name, fee.measure.value, f"{fee.value:f}"] for fee in fees],
    }
