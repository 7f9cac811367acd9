"""JSON API of stationery."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("stationery", "Print runs of numbered forms")
