"""JSON API of contracts."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("contracts", "contracts")
