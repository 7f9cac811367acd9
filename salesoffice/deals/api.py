"""JSON API of deals."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("deals", "deals")
