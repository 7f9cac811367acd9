"""Pages of dailylog."""

from flask import Blueprint

bp = Blueprint("dailylog", __name__)
