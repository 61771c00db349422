"""ZeroMQ sockets for hostile kernels: bounded messages, and a deadline for every wait."""

from __future__ import annotations

import zmq
import zmq.asyncio

from grader import machine

MESSAGE_BYTES = 16 << 20
SEND_SECONDS = 10.0  # for a message to be taken: a peer that is gone takes none, for ever
WAITING_MESSAGES = 100  # times the above is what an unread channel can hold in memory


def guarded_context() -> zmq.asyncio.Context:
    """A context whose sockets bound messages, and that waits for no peer for ever.

    Raises:
        RuntimeError: this machine has no thread left for it.
    """
    machine.expect_threads(machine.ZEROMQ_THREADS)
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
    context.setsockopt(zmq.RECONNECT_IVL, -1)
    context.setsockopt(zmq.RCVHWM, WAITING_MESSAGES)
    context.setsockopt(zmq.SNDTIMEO, int(SEND_SECONDS * 1000))
    return context
