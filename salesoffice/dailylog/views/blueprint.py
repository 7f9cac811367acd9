"""The blueprint that the pages of the daily log share."""

from flask import Blueprint

bp = Blueprint("dailylog", __name__)
