"""JSON API of tracks."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("tracks", "What is done after signing")
