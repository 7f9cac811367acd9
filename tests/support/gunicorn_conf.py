"""Settings of the servers that races and journeys start: say READY once requests are answered."""

from typing import Any


def when_ready(_server: Any) -> None:
    """Print the line that the test waits for."""
    print("READY", flush=True)
