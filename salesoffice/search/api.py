"""JSON API of search."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("search", "Search over everything")
