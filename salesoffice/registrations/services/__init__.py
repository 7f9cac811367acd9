"""The verbs of registrations of interest."""

from salesoffice.registrations.services.categories import CategoryDetails, add_category, change_category
from salesoffice.registrations.services.ending import convert, give_back
from salesoffice.registrations.services.registering import register, rename

__all__ = [
    "CategoryDetails",
    "add_category",
    "change_category",
    "convert",
    "give_back",
    "register",
    "rename",
]
