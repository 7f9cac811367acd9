"""JSON API of payments."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("payments", "payments")
