"""The data of papers, and papers drawn from it. PDF and Word take `build_data`, then `list_printed`."""

from salesoffice.papers.documents.printing import list_printed, show_value
from salesoffice.papers.queries import build_data
from salesoffice.papers.rules import PaperData

__all__ = ["PaperData", "build_data", "list_printed", "show_value"]
