"""JSON API of offers."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("offers", "offers")
