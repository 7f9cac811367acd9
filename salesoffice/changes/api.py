"""JSON API of changes."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("changes", "Changes of a sale")
