"""JSON API of dailylog."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("dailylog", "dailylog")
