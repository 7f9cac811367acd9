"""Outgoing mail: a row per recipient written with the change it tells of, delivered later, never twice by itself."""

from flask import Flask

from salesoffice.infra.outbox.delivery import MAXIMUM_ATTEMPTS, DeliveryReport, deliver_pending, wait_after
from salesoffice.infra.outbox.queue import list_attachments, queue_mail

__all__ = [
    "MAXIMUM_ATTEMPTS",
    "DeliveryReport",
    "deliver_pending",
    "init_mail",
    "list_attachments",
    "queue_mail",
    "wait_after",
]


def init_mail(app: Flask) -> None:
    """Set the waiting times, in seconds: for a step, for the text of a mail and for the answer to it."""
    app.config.setdefault("MAIL_TIMEOUT", 20)
    app.config.setdefault("MAIL_TEXT_TIMEOUT", 120)
