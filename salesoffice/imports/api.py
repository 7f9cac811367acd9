"""JSON API of imports."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("imports", "imports")
