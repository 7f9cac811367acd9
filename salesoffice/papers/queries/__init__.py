"""Finding papers, what they say, and what they are worth now."""

from salesoffice.papers.queries.breaches import find_breaches
from salesoffice.papers.queries.changes import build_application, build_approval_sheet
from salesoffice.papers.queries.choices import Choice, find_choice, list_choices
from salesoffice.papers.queries.data import (
    PAPER_LANGUAGE,
    Subject,
    build_data,
    collect_facts,
    get_subject,
    number_paper,
    restore_data,
)
from salesoffice.papers.queries.facts import build_agreement, build_contract_sheet, build_provisional_order
from salesoffice.papers.queries.letters import build_notice, build_supplement
from salesoffice.papers.queries.standing import (
    Standing,
    find_current_subject,
    find_stale,
    get_paper,
    judge_one,
    list_differences,
    list_outdated_ids,
    list_papers,
    list_standings,
    must_be_issued_again,
    select_papers,
    select_unmarked_ids,
)

__all__ = [
    "PAPER_LANGUAGE",
    "Choice",
    "Standing",
    "Subject",
    "build_agreement",
    "build_application",
    "build_approval_sheet",
    "build_contract_sheet",
    "build_data",
    "build_notice",
    "build_provisional_order",
    "build_supplement",
    "collect_facts",
    "find_breaches",
    "find_choice",
    "find_current_subject",
    "find_stale",
    "get_paper",
    "get_subject",
    "judge_one",
    "list_choices",
    "list_differences",
    "list_outdated_ids",
    "list_papers",
    "list_standings",
    "must_be_issued_again",
    "number_paper",
    "restore_data",
    "select_papers",
    "select_unmarked_ids",
]
