"""Pages of price plans."""

from flask import Blueprint

bp = Blueprint("priceplans", __name__)
