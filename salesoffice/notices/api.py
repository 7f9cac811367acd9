"""JSON API of notices."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("notices", "Engineering change notices")
