"""Finding papers, and what they say."""

from salesoffice.papers.queries.data import PAPER_LANGUAGE, Subject, build_data, get_subject, number_paper
from salesoffice.papers.queries.facts import build_agreement, build_contract_sheet, build_provisional_order

__all__ = [
    "PAPER_LANGUAGE",
    "Subject",
    "build_agreement",
    "build_contract_sheet",
    "build_data",
    "build_provisional_order",
    "get_subject",
    "number_paper",
]
