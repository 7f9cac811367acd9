"""Pages of release batches and the launch checklist."""

from salesoffice.launch.views import batches, items
from salesoffice.launch.views.blueprint import bp

__all__ = ["batches", "bp", "items"]
