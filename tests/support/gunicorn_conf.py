"""Settings of the servers that races and journeys start: the application is loaded once, then READY is said."""

from typing import Any

preload_app = True


def when_ready(_server: Any) -> None:
    """Print the line that the test waits for."""
    print("READY", flush=True)
