"""The part of a worker that listens: it takes requests, has them carried out in turn, and answers.

No Keras is in it and nothing in it blocks, so whatever a client sends or a training does, the
others are heard. It believes no client, and it keeps the trainer to its limits.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import psutil
import zmq

from grader.errors import DeclarationRefused, RefereeError
from grader.referee import wire
from grader.referee.keeper import Keeper
from grader.referee.turns import MAX_CLIENTS, MAX_WAITING, Flooded, Full, Request, Turns
from grader.referee.wire import Part, Queued

LOG = logging.getLogger("grader.referee")

BEAT_SECONDS = 1.0  # between signs of life for those who wait
TICK_MS = 100  # between looks at the trainer's time and memory
BANNED_SECONDS = 10.0  # in which one who floods is not listened to
WAITING_REPLIES = 2 * MAX_WAITING  # of one client that does not read them
BURST = 100  # messages taken between two looks at all else
MAX_MEMORY = 3 << 30  # bytes of this process; a few replies of the largest networks
DEAD_PEER_MS = 60_000  # a machine that vanished without a word


class Front:
    """One worker's front.

    Args:
        address: where it listens; see ``grader.referee.addresses``.
        secret_key: its CURVE key, in ZeroMQ's 40 letters; empty: none.
        keeper: who carries requests out.
        told: called with a line for whoever watches: what is being trained.

    Raises:
        zmq.ZMQError: it cannot listen there.
    """

    def __init__(
        self, address: str, secret_key: str, keeper: Keeper, told: Callable[[str], None]
    ) -> None:
        self._address, self._secret_key = address, secret_key
        self._keeper, self._told = keeper, told
        self._turns = Turns()
        self._greeters: list[Request] = []
        self._banned: dict[bytes, float] = {}
        self._beat = 0.0
        self._open()

    def serve(self, ended: Callable[[], bool]) -> None:
        """Serve until ``ended`` says so."""
        while not ended():
            poller = zmq.Poller()
            poller.register(self._socket, zmq.POLLIN)
            if self._keeper.fileno() is not None:
                poller.register(self._keeper.fileno(), zmq.POLLIN)
            poller.poll(TICK_MS)
            self._listen()
            if (done := self._keeper.look()) is not None:
                self._answer(*done)
            self._greet_those_who_wait()
            self._hand_out()
            if time.monotonic() > self._beat:
                self._beat = time.monotonic() + BEAT_SECONDS
                self._tell_those_who_wait()
                self._look_at_memory()

    def close(self) -> None:
        """Stop listening; what was not answered will be asked again."""
        self._socket.close(linger=0)
        self._context.term()  # returns when the connections and the socket's file are gone

    def _open(self) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        _harden(self._socket)
        if self._secret_key:
            self._socket.curve_server = True
            self._socket.curve_secretkey = self._secret_key.encode()
        try:
            self._socket.bind(self._address)
        except BaseException:
            self.close()
            raise

    def _look_at_memory(self) -> None:
        """Drop every connection if messages that never end have filled the memory.

        ZeroMQ bounds the parts of a message, and not their number. Nobody knows whose they are;
        honest clients connect again and ask again.
        """
        if _memory() > MAX_MEMORY:
            LOG.warning("more than %d MB of messages: connections are dropped", MAX_MEMORY >> 20)
            self.close()
            self._turns, self._greeters, self._banned = Turns(), [], {}
            self._open()
            if _memory() > MAX_MEMORY:
                raise RefereeError("the referee's memory is full, and not with messages")

    def _listen(self) -> None:
        for _ in range(BURST):
            try:
                client, *parts = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            if client not in self._banned:
                self._take(client, parts)

    def _take(self, client: bytes, parts: Sequence[bytes]) -> None:
        """Let a request wait, or say at once why not."""
        try:
            request = Request(client, wire.read_request(parts), parts[0])
            if request.asked.do == "hello":
                self._greet(request)
            elif self._keeper.request is None or not _same(self._keeper.request, request):
                self._turns.add(request)
        except DeclarationRefused as error:
            self._send(client, wire.reply(max(0, wire.number_of(parts)), error))
        except wire.Malformed as error:
            LOG.warning("a message that is none: %s", error)
            self._say(client, max(0, wire.number_of(parts)), f"not understood: {error}")
        except Full as error:
            LOG.warning("%s", error)
            self._say(client, max(0, wire.number_of(parts)), str(error))
            if isinstance(error, Flooded):
                self._banned[client] = time.monotonic() + BANNED_SECONDS

    def _greet(self, request: Request) -> None:
        """Answer a greeting, now or when the trainer has come up."""
        if self._keeper.hello is not None:
            self._send(request.client, wire.reply(request.asked.number, self._keeper.hello))
            return
        self._keeper.start()
        self._greeters = [one for one in self._greeters if one.client != request.client]
        if len(self._greeters) >= MAX_CLIENTS:
            raise Full("the referee has too many greetings waiting: try again later")
        self._greeters.append(request)

    def _greet_those_who_wait(self) -> None:
        if self._keeper.hello or self._keeper.problem:
            waiting, self._greeters = self._greeters, []
            for request in waiting:
                if self._keeper.hello:
                    self._greet(request)
                else:
                    self._say(request.client, request.asked.number, self._keeper.problem)

    def _hand_out(self) -> None:
        """Give the trainer the next request, if it is free."""
        if self._keeper.idle and (request := self._turns.next()) is not None:
            self._told(f"Training for {request.asked.who} ...")
            self._keeper.take(request)

    def _answer(self, request: Request, parts: Sequence[Part]) -> None:
        self._send(request.client, parts)
        self._told("Waiting for trainings ...")

    def _say(self, client: bytes, number: int, failure: str) -> None:
        self._send(client, wire.reply(number, RefereeError(failure)))

    def _tell_those_who_wait(self) -> None:
        """Send everybody who waits a sign of life; who is gone or does not read is forgotten."""
        now = time.monotonic()
        self._banned = {client: until for client, until in self._banned.items() if until > now}
        current = self._keeper.request
        waiting = [*([] if current is None else [current]), *self._turns, *self._greeters]
        told = set()
        for position, request in enumerate(waiting, start=current is None):
            if request.client not in told:  # one sign of life is enough
                told.add(request.client)
                self._send(request.client, wire.reply(request.asked.number, Queued(position)))

    def _send(self, client: bytes, parts: Sequence[Part]) -> None:
        try:
            self._socket.send_multipart([client, *parts], zmq.NOBLOCK, copy=len(parts) == 1)
        except zmq.ZMQError as error:  # gone (EHOSTUNREACH), or does not read (EAGAIN)
            LOG.debug("a client is gone or does not read: %s", error)
            self._turns.forget(client)
            self._greeters = [one for one in self._greeters if one.client != client]


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)


def _same(one: Request, other: Request) -> bool:
    return (one.client, one.asked.number) == (other.client, other.asked.number)


def _harden(socket: zmq.Socket[bytes]) -> None:
    """Set every bound that ZeroMQ has for a peer that is not believed."""
    socket.linger = 0
    socket.router_mandatory = True  # who is gone is noticed
    socket.maxmsgsize = wire.MAX_REQUEST
    socket.rcvhwm = 2 * MAX_WAITING
    socket.sndhwm = WAITING_REPLIES
    socket.handshake_ivl = 10_000
    socket.heartbeat_ivl = DEAD_PEER_MS // 4
    socket.heartbeat_timeout = DEAD_PEER_MS
