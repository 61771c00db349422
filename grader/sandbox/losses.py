"""Noticing that a kernel's channel was lost, whatever its client is doing at that moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import zmq


class LossWatch(threading.Thread):
    """A thread that waits for any of some sockets to lose its peer.

    A client that reads no more would otherwise take a cell whose outputs were dropped for one that
    printed nothing.

    Args:
        sockets: channel's name to its socket, connected.
        tell: called once, from this thread, at the first loss.
    """

    def __init__(self, sockets: Mapping[str, Any], tell: Callable[[], None]) -> None:
        super().__init__(name="loss-watch", daemon=True)
        self.lost: tuple[str, ...] = ()
        self._tell = tell
        self._sockets = dict(sockets)
        first = next(iter(self._sockets.values()))
        self._shadow: Any = zmq.Context.shadow(first.context.underlying)
        self._ears = {name: self._ear(name, socket) for name, socket in self._sockets.items()}
        address = f"inproc://stop-{id(self)}"
        self._door = self._shadow.socket(zmq.PAIR)
        self._door.bind(address)
        self._bell = self._shadow.socket(zmq.PAIR)
        self._bell.connect(address)

    def _ear(self, name: str, socket: Any) -> Any:
        """What becomes readable when this socket loses its peer."""
        address = f"inproc://lost-{name}-{id(self)}"
        socket.monitor(address, zmq.EVENT_DISCONNECTED)
        ear = self._shadow.socket(zmq.PAIR)
        ear.connect(address)
        return ear

    def run(self) -> None:
        """Listen until told to stop."""
        poller = zmq.Poller()
        for ear in (*self._ears.values(), self._door):
            poller.register(ear, zmq.POLLIN)
        while True:
            heard = dict(poller.poll())
            if self._door in heard:
                return
            first = not self.lost
            for name, ear in self._ears.items():
                if ear in heard:
                    self.lost += (name,)
                    poller.unregister(ear)
            if first:
                self._tell()

    def stop(self) -> None:
        """Stop listening; call it before the sockets are closed."""
        self._bell.send(b"")
        self.join()
        for socket in self._sockets.values():
            socket.disable_monitor()
        for ear in (*self._ears.values(), self._bell, self._door):
            ear.close(linger=0)
