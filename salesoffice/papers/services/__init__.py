"""Issuing papers, and marking those that no longer say what was agreed."""

from salesoffice.papers.services.issuing import issue_paper
from salesoffice.papers.services.superseding import mark_stale, mark_unmarked, supersede_paper

__all__ = ["issue_paper", "mark_stale", "mark_unmarked", "supersede_paper"]
