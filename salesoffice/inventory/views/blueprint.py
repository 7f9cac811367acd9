"""The blueprint of inventory."""

from flask import Blueprint

bp = Blueprint("inventory", __name__)

UNPROCESSABLE = 422
