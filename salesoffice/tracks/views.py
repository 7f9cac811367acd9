"""Pages of tracks."""

from flask import Blueprint

bp = Blueprint("tracks", __name__)
