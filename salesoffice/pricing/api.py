"""JSON API of pricing."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("pricing", "pricing")
