"""JSON API of board."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("board", "board")
