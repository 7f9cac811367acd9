"""JSON API of reservations."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("reservations", "reservations")
