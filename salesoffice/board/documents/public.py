"""The public price page as it was last written, kept in the memory of the process until something in it changes.

Many visitors come at once when sales begin: while nothing changes, a page costs one indexed query, not a list of units.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from flask import current_app

KEPT_PAGES = 256
_EXTENSION = "salesoffice_public_pages"


@dataclass
class PageStore:
    """The pages of this process, the least recently used forgotten first."""

    pages: OrderedDict[str, tuple[str, bytes]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, address: str, tag: str, write: Callable[[], str]) -> bytes:
        """Return the page of an address as it was written at a tag; write it when there is none."""
        with self.lock:
            kept = self.pages.get(address)
        if kept is not None and kept[0] == tag:
            return kept[1]
        page = write().encode()
        with self.lock:
            self.pages[address] = (tag, page)
            self.pages.move_to_end(address)
            while len(self.pages) > KEPT_PAGES:
                self.pages.popitem(last=False)
        return page


def get_store() -> PageStore:
    """Return the pages of this process."""
    store: PageStore = current_app.extensions.setdefault(_EXTENSION, PageStore())
    return store
