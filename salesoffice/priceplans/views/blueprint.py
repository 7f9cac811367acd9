"""The blueprint of price plans."""

from flask import Blueprint

bp = Blueprint("priceplans", __name__)

UNPROCESSABLE = 422
