"""Pages of papers."""

from salesoffice.papers.views import agreement, issuing, papers, templates
from salesoffice.papers.views.blueprint import bp

__all__ = ["agreement", "bp", "issuing", "papers", "templates"]
