"""Pages of undo."""

from flask import Blueprint

bp = Blueprint("undo", __name__)
