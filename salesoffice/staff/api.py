"""JSON API of staff."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("staff", "staff")
