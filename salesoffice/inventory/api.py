"""JSON API of inventory."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("inventory", "inventory")
