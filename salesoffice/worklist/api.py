"""JSON API of worklist."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("worklist", "What waits")
