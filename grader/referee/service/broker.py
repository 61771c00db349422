"""The broker: takes requests off the network, hands them out to trainers, and sends the answers.

It imports no Keras and never blocks, so it hears every client at any time. It trusts none.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import psutil
import zmq

from grader import machine
from grader.errors import DeclarationRefused, RefereeError
from grader.referee.service import wire
from grader.referee.service.fair_queue import (
    MAX_CLIENTS,
    MAX_WAITING,
    FairQueue,
    Flooded,
    Full,
    Job,
)
from grader.referee.service.messages import Queued, Task
from grader.referee.service.trainer_pool import TrainerPool
from grader.referee.service.wire import Part

LOG = logging.getLogger("grader.referee")

BEAT_SECONDS = 1.0  # between signs of life for those who wait
TICK_MS = 100  # between looks at the trainer's time and memory
BANNED_SECONDS = 10.0  # in which a client that floods is not listened to
WAITING_REPLIES = 2 * MAX_WAITING  # of one client that does not read them
BURST = 100  # messages taken between two looks at all else
MAX_MEMORY = 3 << 30  # bytes of this process; a few replies of the largest networks
DEAD_PEER_MS = 60_000  # a machine that vanished without a word


class Broker:
    """Listens for clients, and has a pool of trainers carry out their requests.

    Args:
        address: where it listens; see ``grader.referee.service.addresses``.
        secret_key: its CURVE key, in ZeroMQ's 40 letters; empty: none.
        pool: who carries requests out.
        report: called with a line for a person who watches: what is being trained.

    Raises:
        zmq.ZMQError: it cannot listen there.
    """

    def __init__(
        self,
        address: str,
        secret_key: str,
        pool: TrainerPool,
        report: Callable[[str], None],
    ) -> None:
        self._address, self._secret_key = address, secret_key
        self._pool, self._report = pool, report
        self._queue = FairQueue()
        self._greetings: list[Job] = []
        self._banned: dict[bytes, float] = {}
        self._beat = 0.0
        self._open()

    def serve(self, ended: Callable[[], bool]) -> None:
        """Serve until ``ended`` returns True."""
        while not ended():
            poller = zmq.Poller()
            poller.register(self._socket, zmq.POLLIN)
            for number in self._pool.filenos():
                poller.register(number, zmq.POLLIN)
            poller.poll(TICK_MS)
            self._listen()
            self._send_done()
            self._answer_greetings()
            self._hand_out()
            if time.monotonic() > self._beat:
                self._beat = time.monotonic() + BEAT_SECONDS
                self._send_signs_of_life()
                self._look_at_memory()

    def close(self) -> None:
        """Stop listening; clients ask again for what was not answered."""
        self._socket.close(linger=0)
        self._context.term()  # returns when the connections and the socket's file are gone

    def _open(self) -> None:
        machine.expect_threads(machine.ZEROMQ_THREADS)
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
        """Drop all connections if endless messages have filled the memory.

        ZeroMQ bounds the parts of a message, and not their number, and does not tell whose they
        are. Honest clients connect again and ask again.
        """
        if _memory() > MAX_MEMORY:
            LOG.warning("more than %d MB of messages: connections are dropped", MAX_MEMORY >> 20)
            self.close()
            self._queue, self._greetings, self._banned = FairQueue(), [], {}
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
        """Let a request wait, or answer at once why not."""
        try:
            job = Job(client, wire.read_request(parts), parts[0])
            if job.request.task is Task.HELLO:
                self._greet(job)
            elif not any(_same(current, job) for current in self._pool.jobs):
                self._queue.add(job)
        except DeclarationRefused as error:
            self._send(client, wire.write_reply(wire.number_of(parts), error))
        except wire.Malformed as error:
            LOG.warning("a malformed message: %s", error)
            self._send_failure(client, wire.number_of(parts), f"not understood: {error}")
        except Full as error:
            LOG.warning("%s", error)
            self._send_failure(client, wire.number_of(parts), str(error))
            if isinstance(error, Flooded):
                self._banned[client] = time.monotonic() + BANNED_SECONDS

    def _greet(self, job: Job) -> None:
        """Answer a greeting, now or when the trainer has come up."""
        if self._pool.hello is not None:
            self._send(job.client, wire.write_reply(job.request.number, self._pool.hello))
            return
        self._pool.start()
        self._drop_greeting(job.client)
        if len(self._greetings) >= MAX_CLIENTS:
            raise Full("the referee has too many greetings waiting: try again later")
        self._greetings.append(job)

    def _answer_greetings(self) -> None:
        if self._pool.hello or self._pool.problem:
            waiting, self._greetings = self._greetings, []
            for job in waiting:
                if self._pool.hello:
                    self._greet(job)
                else:
                    self._send_failure(job.client, job.request.number, self._pool.problem)

    def _drop_greeting(self, client: bytes) -> None:
        self._greetings = [job for job in self._greetings if job.client != client]

    def _hand_out(self) -> None:
        """Give free trainers the next requests, never two of one chain of epochs."""
        while self._pool.free and (job := self._queue.next(self._pool.chains)) is not None:
            self._pool.take(job)
            self._report_jobs()

    def _send_done(self) -> None:
        for done in self._pool.look():
            if done.stored:
                self._queue.know(done.job)
            self._send(done.job.client, done.reply)
            self._report_jobs()

    def _report_jobs(self) -> None:
        names = ", ".join(job.request.who for job in self._pool.jobs)
        self._report(f"Training for {names} ..." if names else "Waiting for trainings ...")

    def _send_signs_of_life(self) -> None:
        """Tell every client that waits its position; forget those that are gone or do not read."""
        now = time.monotonic()
        self._banned = {client: until for client, until in self._banned.items() if until > now}
        waiting = [(0, job) for job in self._pool.jobs]
        waiting += enumerate([*self._queue, *self._greetings], start=1)
        reached = set()
        for position, job in waiting:
            if job.client not in reached:  # one sign of life is enough
                reached.add(job.client)
                self._send(job.client, wire.write_reply(job.request.number, Queued(position)))

    def _send_failure(self, client: bytes, number: int, failure: str) -> None:
        self._send(client, wire.write_reply(number, RefereeError(failure)))

    def _send(self, client: bytes, parts: Sequence[Part]) -> None:
        try:
            self._socket.send_multipart([client, *parts], zmq.NOBLOCK, copy=len(parts) == 1)
        except zmq.ZMQError as error:  # gone (EHOSTUNREACH), or does not read (EAGAIN)
            LOG.debug("a client is gone or does not read: %s", error)
            self._queue.forget(client)
            self._drop_greeting(client)


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)


def _same(job: Job, other: Job) -> bool:
    return (job.client, job.request.number) == (other.client, other.request.number)


def _harden(socket: zmq.Socket[bytes]) -> None:
    """Set every limit that ZeroMQ has for an untrusted peer."""
    socket.linger = 0
    socket.router_mandatory = True  # sending to a client that is gone is an error
    socket.maxmsgsize = wire.MAX_REQUEST
    socket.rcvhwm = 2 * MAX_WAITING
    socket.sndhwm = WAITING_REPLIES
    socket.handshake_ivl = 10_000
    socket.heartbeat_ivl = DEAD_PEER_MS // 4
    socket.heartbeat_timeout = DEAD_PEER_MS
