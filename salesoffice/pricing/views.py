"""Pages of pricing."""

from flask import Blueprint

bp = Blueprint("pricing", __name__)
