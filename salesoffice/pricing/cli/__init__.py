"""Commands of prices."""

from salesoffice.pricing.cli import versions
from salesoffice.pricing.cli.sheets import group

__all__ = ["group", "versions"]
