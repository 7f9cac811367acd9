"""JSON API of undo."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("undo", "Taking back cheap actions")
