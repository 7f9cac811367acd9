"""The blueprint of approvals, and what its pages share."""

from flask import Blueprint

bp = Blueprint("approvals", __name__, url_prefix="/p/<code>/approvals")

UNPROCESSABLE = 422
