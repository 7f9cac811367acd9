"""A real SMTP server for tests, with the bad days of a mail server as switches.

`smtp_server` listens on a free port and the application of the test sends there. The handler runs in a thread of its
own; `reached` counts down the points at which a test wants to stop a worker.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Received:
    """A mail that the server has taken."""

    recipient: str
    data: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        parsed = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class SmtpServer:
    """A mail server; its fields may be changed while it runs."""

    port: int
    messages: list[Received] = field(default_factory=list)
    refused: Callable[[str], bool] = lambda _recipient: False
    delayed: Callable[[str], bool] = lambda _recipient: False
    dies_after_data: Callable[[str], bool] = lambda _recipient: False
    stores_before_dying: bool = True
    hangs_at_rcpt: Callable[[str], bool] = lambda _recipient: False
    hangs_after_data: Callable[[str], bool] = lambda _recipient: False
    hanging: threading.Event = field(default_factory=threading.Event)
    connections: int = 0
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        """The address as SMTP_URL takes it."""
        return f"smtp://{HOST}:{self.port}"

    @property
    def recipients(self) -> list[str]:
        """Who has received a mail, in alphabetical order; somebody who got two is listed twice."""
        return sorted(received.recipient for received in self.messages)

    def start(self) -> None:
        """Begin to listen."""
        self._controller = Controller(_Handler(self), hostname=HOST, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening; connections are refused from now on."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class _Handler:
    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self.handle_EHLO = self._greet
        self.handle_RCPT = self._accept_recipient
        self.handle_DATA = self._accept_mail

    async def _greet(
        self, _smtp: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self._server.connections += 1
        session.host_name = hostname
        return responses

    async def _accept_recipient(
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._server.hangs_at_rcpt(address):
            await self._hang()
        if self._server.refused(address):
            return "550 5.1.1 no such person here"
        if self._server.delayed(address):
            return "450 4.2.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def _accept_mail(self, smtp: SMTP, _session: Session, envelope: Envelope) -> str:
        recipient = envelope.rcpt_tos[0]
        assert len(envelope.rcpt_tos) == 1
        dies = self._server.dies_after_data(recipient)
        if not dies or self._server.stores_before_dying:
            self._server.messages.append(Received(recipient, envelope.original_content or b""))
        if self._server.hangs_after_data(recipient):
            await self._hang()
        if dies and isinstance(smtp.transport, asyncio.Transport):
            smtp.transport.abort()
        return "250 OK"

    async def _hang(self) -> None:
        self._server.hanging.set()
        await asyncio.sleep(3600)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def smtp_server(app: Flask) -> Iterator[SmtpServer]:
    """A running mail server that the application sends to."""
    server = SmtpServer(free_port())
    server.start()
    before = app.config["MAIL_SERVER"], app.config["MAIL_PORT"]
    app.config["MAIL_SERVER"], app.config["MAIL_PORT"] = HOST, server.port
    yield server
    app.config["MAIL_SERVER"], app.config["MAIL_PORT"] = before
    server.stop()
