"""A mail server for the demonstration: it takes every mail and keeps it as an .eml file. Nothing leaves the machine."""

import argparse
import itertools
import os
import re
import signal
import tempfile
import threading
from email.message import EmailMessage, Message
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler

from salesoffice.core import clock

HOST = "127.0.0.1"
_UNFIT_FOR_NAME = re.compile(r"[^A-Za-z0-9@._-]+")


class FolderHandler(MessageHandler):
    """Writes each mail whole into the folder before the sender hears that it was taken."""

    def __init__(self, folder: Path) -> None:
        super().__init__(EmailMessage)
        self._folder = folder
        self._numbers = itertools.count(1)

    def handle_message(self, message: Message) -> None:
        """Name the file after the moment and the recipient."""
        moment = clock.local(clock.now()).strftime("%Y%m%d-%H%M%S")
        recipient = _UNFIT_FOR_NAME.sub("_", str(message["X-RcptTo"]))[:80]
        handle, temporary = tempfile.mkstemp(dir=self._folder, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(message.as_bytes())
        number = f"{os.getpid()}-{next(self._numbers):04d}"
        Path(temporary).replace(self._folder / f"{moment}-{number}-{recipient}.eml")


def start_mail_catcher(port: int, folder: Path) -> Controller:
    """Start the server on 127.0.0.1 in a thread of its own; `stop()` ends it. The folder is created."""
    folder.mkdir(parents=True, exist_ok=True)
    catcher = Controller(FolderHandler(folder), hostname=HOST, port=port)
    catcher.start()
    return catcher


def run(port: int, folder: Path) -> None:
    """Catch mail until SIGTERM or SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_received: stopping.set())
    catcher = start_mail_catcher(port, folder)
    stopping.wait()
    catcher.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="keep every mail as a file")
    parser.add_argument("--port", type=int, default=2525)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    run(given.port, given.folder)
