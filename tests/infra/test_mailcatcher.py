"""The demonstration's mail server keeps every mail as a file."""

import smtplib
from email import message_from_bytes
from pathlib import Path

from salesoffice.infra.mailcatcher import start_mail_catcher
from tests.support.smtp import free_port


def test_caught_mail_is_a_file_named_after_its_recipient(tmp_path: Path) -> None:
    port = free_port()
    catcher = start_mail_catcher(port, tmp_path / "mail")

    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail("a@b.test", ["../ann@example.test"], b"Subject: Log\r\n\r\nBody\r\n")
    catcher.stop()

    files = list((tmp_path / "mail").iterdir())
    assert [file.suffix for file in files] == [".eml"]
    assert files[0].name.endswith(".._ann@example.test.eml")
    message = message_from_bytes(files[0].read_bytes())
    assert (message["Subject"], message.get_payload()) == ("Log", "Body\n")
