"""JSON API of priceplans."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("priceplans", "priceplans")
