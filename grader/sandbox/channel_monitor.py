"""Notices that a kernel's channel was disconnected, also while its client reads nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import zmq


class DisconnectMonitor(threading.Thread):
    """A thread that waits until one of several sockets loses its peer.

    Otherwise a client could not tell a cell whose outputs were dropped from one that printed
    nothing.

    Args:
        sockets: channel's name to its connected socket.
        report: called once, from this thread, at the first disconnect.

    Attributes:
        lost: names of the channels that were disconnected.
    """

    def __init__(self, sockets: Mapping[str, Any], report: Callable[[], None]) -> None:
        super().__init__(name="disconnect-monitor", daemon=True)
        self.lost: tuple[str, ...] = ()
        self._report = report
        self._sockets = dict(sockets)
        first = next(iter(self._sockets.values()))
        self._shadow: Any = zmq.Context.shadow(first.context.underlying)
        self._monitors = {
            name: self._monitor(name, socket) for name, socket in self._sockets.items()
        }
        address = f"inproc://stop-{id(self)}"
        self._stop_receiver = self._shadow.socket(zmq.PAIR)
        self._stop_receiver.bind(address)
        self._stop_sender = self._shadow.socket(zmq.PAIR)
        self._stop_sender.connect(address)

    def _monitor(self, name: str, socket: Any) -> Any:
        """A socket that becomes readable when this one loses its peer."""
        address = f"inproc://lost-{name}-{id(self)}"
        socket.monitor(address, zmq.EVENT_DISCONNECTED)
        monitor = self._shadow.socket(zmq.PAIR)
        monitor.connect(address)
        return monitor

    def run(self) -> None:
        """Wait for disconnects until ``stop`` is called."""
        poller = zmq.Poller()
        for monitor in (*self._monitors.values(), self._stop_receiver):
            poller.register(monitor, zmq.POLLIN)
        while True:
            ready = dict(poller.poll())
            if self._stop_receiver in ready:
                return
            first = not self.lost
            for name, monitor in self._monitors.items():
                if monitor in ready:
                    self.lost += (name,)
                    poller.unregister(monitor)
            if first:
                self._report()

    def stop(self) -> None:
        """Stop the thread; call it before the sockets are closed."""
        self._stop_sender.send(b"")
        self.join()
        for socket in self._sockets.values():
            socket.disable_monitor()
        for monitor in (*self._monitors.values(), self._stop_sender, self._stop_receiver):
            monitor.close(linger=0)
