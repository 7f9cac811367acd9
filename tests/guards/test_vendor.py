"""Vendored files are the ones tools/vendor.sh fetched."""

import hashlib
from pathlib import Path

import pytest

from tests.support.sources import ROOT


@pytest.mark.parametrize("folder", ["static/vendor", "static/fonts", "tests/vendor"])
def test_vendored_files_have_their_checksums(folder: str) -> None:
    base = ROOT / folder
    lines = [line.split("  ", 1) for line in (base / "SHA256SUMS").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}

    present = {str(path.relative_to(base)): digest_of(path) for path in base.rglob("*") if path.is_file()}

    assert present == listed | {"SHA256SUMS": digest_of(base / "SHA256SUMS")}


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
