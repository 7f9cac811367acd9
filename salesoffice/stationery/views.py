"""Pages of stationery."""

from flask import Blueprint

bp = Blueprint("stationery", __name__)
