"""Talking to the mail server: putting a mail together and handing it over in steps that say how far it got."""

import re
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from salesoffice.core import clock
from salesoffice.infra.models import MailProblem

ADDRESS_SHAPE = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MAXIMUM_ADDRESS = 254
_LINE_START_DOT = re.compile(rb"(?m)^\.")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_READY_FOR_TEXT = 354
_CLOSING = 421
_PERMANENT = 500
_FAILED = 400


class DeliveryFailed(Exception):
    """An attempt failed; `problem` says how, `words` are those of the server or of the system."""

    def __init__(self, problem: MailProblem, words: str) -> None:
        super().__init__(f"{problem.value}: {words}")
        self.problem = problem
        self.words = words


class ClaimLost(Exception):
    """The mail was taken from this worker before its end went out; the server did not get it."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    data: bytes


def tidy_subject(subject: str) -> str:
    """Return a subject on one line without control characters, at most 255 long."""
    return " ".join(_CONTROL.sub(" ", subject).split())[:255]


def find_address(text: str) -> str | None:
    """Return the bare address if a text is exactly one usable e-mail address, its domain in ASCII."""
    local, at, domain = text.strip().rpartition("@")
    try:
        address = f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    return address if ADDRESS_SHAPE.fullmatch(address) and len(address) <= MAXIMUM_ADDRESS else None


def build_message(
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    created_at: datetime,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Return the mail as it goes over the line: ASCII, lines within 76 signs, ends CRLF.

    The date is the one of its queuing, so that a second sending is the same mail.
    """
    name, address = parseaddr(sender)
    message = EmailMessage(policy=policy.SMTP)
    message["To"] = to
    message["Date"] = format_datetime(clock.local(created_at))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text, cte="base64")
    if html:
        message.add_alternative(html, subtype="html", cte="base64")
    for file in attachments:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub, filename=_CONTROL.sub(" ", file.name))
    names = {"From": formataddr((_encode("From", name), address)), "Subject": _encode("Subject", subject)}
    heads = "".join(f"{header}: {value}\r\n" for header, value in names.items())
    return heads.encode("ascii") + message.as_bytes()


def _encode(header: str, text: str) -> str:
    """Encode a text for a header whole: the library's folding of long ones loses spaces between Chinese words."""
    tidy = tidy_subject(text)
    return Header(tidy, "utf-8", header_name=header).encode(linesep="\r\n") if tidy else ""


class MailServer:
    """One connection to the mail server for a batch, opened again after it broke.

    STARTTLS is used when the server offers it and there is a password to protect; smtps is encrypted from the start.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._config = config
        self._sender = parseaddr(config["MAIL_DEFAULT_SENDER"])[1]
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None and self._smtp.sock is not None and kind is None:
            self._say_goodbye(self._smtp)
        self.abandon()

    @property
    def is_open(self) -> bool:
        """Tell whether there is a connection that is not known to be broken."""
        return self._smtp is not None and self._smtp.sock is not None

    def open(self) -> None:
        """Connect and sign in unless that is done; fails with `unreachable`, whatever the server says."""
        if self.is_open:
            return
        try:
            self._smtp = self._connect()
        except OSError as error:
            self.abandon()
            raise DeliveryFailed(MailProblem.UNREACHABLE, _words_of(error)) from error

    def hand_over(self, to: str, message: bytes, *, before_end: Callable[[], bool]) -> None:
        """Give one mail to the server; returns when the server has taken it, else raises DeliveryFailed.

        `before_end` is asked when everything but the closing dot is out; on False nothing is delivered (ClaimLost).
        Only after it a break of the connection is `unanswered`, because only then the server may have the mail.
        """
        smtp = self._opened()
        code, words = self._ask(lambda: smtp.mail(self._sender))
        if code >= _FAILED:  # about us, not about the recipient: worth another attempt whatever the code
            self._give_back(code)
            raise DeliveryFailed(MailProblem.DELAYED, words)
        self._judge(*self._ask(lambda: smtp.rcpt(to)))
        code, words = self._ask(lambda: smtp.docmd("DATA"))
        if code != _READY_FOR_TEXT:
            self._judge(max(code, _FAILED), words)
        self._put_text(message)
        try:
            is_still_ours = before_end()
        except BaseException:
            self.abandon()
            raise
        if not is_still_ours:
            self.abandon()
            raise ClaimLost
        self._judge(*self._end())

    def abandon(self) -> None:
        """Drop the connection without a word; a mail whose end has not gone out is not delivered."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connect(self) -> smtplib.SMTP:
        config = self._config
        host, port, timeout = config["MAIL_SERVER"], config["MAIL_PORT"], config["MAIL_TIMEOUT"]
        name = urlsplit(config["BASE_URL"]).hostname or "localhost"
        context = ssl.create_default_context()
        smtp = (
            smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=timeout, context=context)
            if config["MAIL_USE_SSL"]
            else smtplib.SMTP(host, port, local_hostname=name, timeout=timeout)
        )
        self._smtp = smtp
        smtp.ehlo_or_helo_if_needed()
        if config["MAIL_USERNAME"]:
            if not config["MAIL_USE_SSL"] and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
            smtp.login(config["MAIL_USERNAME"], config["MAIL_PASSWORD"] or "")
        return smtp

    def _opened(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise DeliveryFailed(MailProblem.UNREACHABLE, "not connected")
        return self._smtp

    def _ask(self, command: Callable[[], tuple[int, bytes]]) -> tuple[int, str]:
        try:
            code, words = command()
        except OSError as error:
            self.abandon()
            raise DeliveryFailed(MailProblem.INTERRUPTED, _words_of(error)) from error
        return code, f"{code} {words.decode('utf-8', 'replace')}"

    def _put_text(self, message: bytes) -> None:
        smtp = self._opened()
        lines = _LINE_START_DOT.sub(b"..", message)
        if smtp.sock is not None:
            smtp.sock.settimeout(self._config["MAIL_TEXT_TIMEOUT"])
        try:
            smtp.send(lines if lines.endswith(b"\r\n") else lines + b"\r\n")
        except OSError as error:
            self.abandon()
            raise DeliveryFailed(MailProblem.INTERRUPTED, _words_of(error)) from error

    def _end(self) -> tuple[int, str]:
        smtp = self._opened()
        try:
            smtp.send(b".\r\n")
            code, words = smtp.getreply()
        except OSError as error:
            self.abandon()
            raise DeliveryFailed(MailProblem.UNANSWERED, _words_of(error)) from error
        if smtp.sock is not None:
            smtp.sock.settimeout(self._config["MAIL_TIMEOUT"])
        return code, f"{code} {words.decode('utf-8', 'replace')}"

    def _judge(self, code: int, words: str) -> None:
        if code < _FAILED:
            return
        self._give_back(code)
        raise DeliveryFailed(MailProblem.REFUSED if code >= _PERMANENT else MailProblem.DELAYED, words)

    def _give_back(self, code: int) -> None:
        """After a refusal make the connection ready for the next mail, or drop it."""
        smtp = self._opened()
        if code == _CLOSING:
            self.abandon()
            return
        try:
            smtp.rset()
        except OSError:
            self.abandon()

    @staticmethod
    def _say_goodbye(smtp: smtplib.SMTP) -> None:
        try:
            smtp.quit()
        except OSError:
            smtp.close()


def _words_of(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__
