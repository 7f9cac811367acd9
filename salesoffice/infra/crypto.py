"""Personal numbers: encrypted with AES-SIV under a key id, found again through a keyed blind index.

The keys are files in the data directory, made on first use and readable by the owner only. Losing them loses the
numbers: they belong into the backup, apart from the database.
"""

import base64
import hashlib
import hmac
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from flask import Flask, current_app

CURRENT_KEY = 1
_KEY_BITS = 512


@dataclass(frozen=True)
class Keyring:
    """The encryption key and, apart from it, the key of the blind index."""

    encryption: bytes
    index: bytes


def init_crypto(app: Flask) -> None:
    """Load the keys of the data directory, making them on first use."""
    folder: Path = app.config["DATA_DIR"] / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    app.extensions["salesoffice_keyring"] = Keyring(
        encryption=_load_or_make(folder / f"encryption-{CURRENT_KEY}.key"),
        index=_load_or_make(folder / "index.key"),
    )


def encrypt(text: str) -> bytes:
    """Encrypt a personal number; the first byte is the key's id."""
    return bytes([CURRENT_KEY]) + AESSIV(_keyring().encryption).encrypt(text.encode(), None)


def decrypt(cipher: bytes) -> str:
    """Decrypt a personal number."""
    return AESSIV(_keyring().encryption).decrypt(cipher[1:], None).decode()


def blind_index(text: str) -> str:
    """Return the keyed hash by which an exact number is found (hex, 64 characters)."""
    return hmac.new(_keyring().index, text.encode(), hashlib.sha256).hexdigest()


def _keyring() -> Keyring:
    keyring: Keyring = current_app.extensions["salesoffice_keyring"]
    return keyring


def _load_or_make(path: Path) -> bytes:
    if not path.exists():
        _make_key(path)
    return base64.b64decode(path.read_text("ascii"))


def _make_key(path: Path) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(AESSIV.generate_key(_KEY_BITS)))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process made the key a moment ago: that one counts
        os.link(temporary, path)
    Path(temporary).unlink()
