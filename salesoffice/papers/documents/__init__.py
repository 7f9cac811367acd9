"""The data of papers, and papers drawn from it. PDF and Word take `build_data`, then `list_printed`."""

from salesoffice.papers.documents.copies import PaperFile, build_file
from salesoffice.papers.documents.drawing import build_preview, draw_paper, superseded_mark
from salesoffice.papers.documents.printing import list_printed, show_value
from salesoffice.papers.documents.words import name_field, name_paper, show_side, tell_differences
from salesoffice.papers.queries import build_data
from salesoffice.papers.rules import PaperData

__all__ = [
    "PaperData",
    "PaperFile",
    "build_data",
    "build_file",
    "build_preview",
    "draw_paper",
    "list_printed",
    "name_field",
    "name_paper",
    "show_side",
    "show_value",
    "superseded_mark",
    "tell_differences",
]
