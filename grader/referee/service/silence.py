"""How long a client waits for a worker that is silent.

A worker sends a heartbeat every second, however long a training takes. So silence means that it is
lost. A client waits long where the connection is open, and where the worker runs on this machine,
since there it is started again. It waits briefly where another machine does not accept a
connection: the process has ended there, or the machine has. A client that has given a worker up
still asks, since the worker may have come back, but waits briefly for each answer.
"""

from __future__ import annotations

import time

SILENT_SECONDS = 120.0
UNCONNECTED_SECONDS = 30.0  # to start a worker again elsewhere
GIVEN_UP_SECONDS = 5.0  # to connect


class Silence:
    """Measures the silence of a worker.

    Args:
        silent: seconds after which it is given up, connected or not.
        unconnected: seconds without a connection after which it is.
        given_up: whether somebody else has just given it up.

    Attributes:
        connected: whether there is a connection.
        given_up: whether it was given up, and nothing was heard since.
    """

    def __init__(self, silent: float, unconnected: float, given_up: bool = False) -> None:
        self._silent, self._unconnected = silent, unconnected
        self.connected, self.given_up = False, given_up
        self.begin()

    def begin(self) -> None:
        """Begin to measure: a request was sent."""
        self._heard = self._was_connected = time.monotonic()

    def hear(self) -> None:
        """Begin again: the worker has sent something."""
        self._heard, self.given_up = time.monotonic(), False

    def look(self, connected: bool) -> bool:
        """Note whether there is a connection now; returns whether the silence is too long."""
        self.connected = connected
        if connected:
            self._was_connected = time.monotonic()
        now = time.monotonic()
        unconnected = GIVEN_UP_SECONDS if self.given_up else self._unconnected
        over = now - self._heard > self._silent or now - self._was_connected > unconnected
        self.given_up = self.given_up or over
        return over

    def __str__(self) -> str:
        """What is missing, and for how long."""
        now = time.monotonic()
        if self.connected:
            return f"no sign of life for {now - self._heard:.0f} s"
        return f"no connection for {now - self._was_connected:.0f} s"
