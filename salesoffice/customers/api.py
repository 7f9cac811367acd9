"""JSON API of customers."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("customers", "customers")
