"""The client of a referee that works in another process, perhaps on another machine.

Requests are stateless: a client that hears nothing for a while asks the same again, and a worker
that was restarted meanwhile takes up the training from its store. So a restart costs only time.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import zmq

from grader import machine
from grader.errors import ConfigurationError, RefereeError
from grader.referee.service import addresses, wire
from grader.referee.service.messages import Answer, Hello, Queued, Request, Task
from grader.referee.service.silence import SILENT_SECONDS, UNCONNECTED_SECONDS, Silence
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.recipe import NOTHING, Observation, Recipe

AGAIN_SECONDS = 5.0  # without a sign of life; the worker gives one every second
_DEAD_PEER_MS = 15_000  # a machine that vanished without a word; another thread answers than works
_POLL_MS = 100


class Client:
    """A ``Referee`` at an address. Calls from several threads wait for one another.

    Args:
        address: of a worker.
        server_key: the worker's public key, for ``tcp``.
        give_up_seconds: how long it may give no sign of life.
        given_up: whether another client has just given it up.

    Raises:
        ConfigurationError: no address of a referee, or no key for it.
    """

    def __init__(
        self,
        address: str,
        server_key: str = "",
        give_up_seconds: float = SILENT_SECONDS,
        *,
        given_up: bool = False,
    ) -> None:
        addresses.check(address)
        self._address = address
        here = addresses.socket_file(address) is not None
        unconnected = give_up_seconds if here else min(give_up_seconds, UNCONNECTED_SECONDS)
        self._silence = Silence(give_up_seconds, unconnected, given_up)
        self._log = _log_of(address)
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        machine.expect_threads(machine.ZEROMQ_THREADS)
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.immediate = True  # nothing is sent to a worker that is not there
        self._socket.maxmsgsize = wire.MAX_PART
        self._socket.heartbeat_ivl = _DEAD_PEER_MS // 3
        self._socket.heartbeat_timeout = _DEAD_PEER_MS
        try:
            if not here:
                self._use_key(server_key)
            self._socket.connect(address)
        except BaseException:
            self.close()
            raise

    @property
    def given_up(self) -> bool:
        """Whether the worker was given up, and has sent nothing since."""
        return self._silence.given_up

    def step(
        self, recipe: Recipe, who: str, observation: Observation = NOTHING, *, later: bool = False
    ) -> Epoch:
        """The last epoch of ``recipe``; see ``grader.referee.spec.contract.Referee``."""
        answer = self._ask(Task.STEP, recipe, who, observation, later)
        if not isinstance(answer, Epoch):
            raise RefereeError(f"the referee answered a step with {answer!r:.100}")
        return answer

    def measure(self, recipe: Recipe, who: str) -> Measures:
        """How good the weights at its end are; see ``grader.referee.spec.contract.Referee``."""
        answer = self._ask(Task.MEASURE, recipe, who)
        if not isinstance(answer, Measures):
            raise RefereeError(f"the referee answered a measurement with {answer!r:.100}")
        return answer

    def hello(self) -> Hello:
        """What the referee trains with."""
        answer = self._ask(Task.HELLO, None, "")
        if not isinstance(answer, Hello):
            raise RefereeError(f"the referee answered a greeting with {answer!r:.100}")
        return answer

    def close(self) -> None:
        """Disconnect; the worker then forgets what this client asked for."""
        with self._lock:
            self._socket.close(linger=0)
            self._context.term()

    def _use_key(self, server_key: str) -> None:
        if not server_key:
            raise ConfigurationError(
                f"the referee at {self._address} needs a key: put the one that `grader referee` "
                "prints there into c.Course.referee_key in course_config.py"
            )
        public, secret = zmq.curve_keypair()
        self._socket.curve_publickey, self._socket.curve_secretkey = public, secret
        try:
            self._socket.curve_serverkey = server_key.encode()
        except (ValueError, zmq.ZMQError) as error:
            raise ConfigurationError(
                f"c.Course.referee_key is {server_key!r:.60}: expected the 40 letters that "
                "`grader referee` prints"
            ) from error

    def _ask(
        self,
        task: Task,
        recipe: Recipe | None,
        who: str,
        observation: Observation = NOTHING,
        later: bool = False,
    ) -> Answer:
        with self._lock:
            number = next(self._numbers)
            request = wire.write_request(Request(number, task, recipe, who, observation, later))
            answer = self._answer(number, request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _answer(self, number: int, request: bytes) -> Answer:
        """Send a request until it is answered, or there is no sign of life for too long."""
        self._silence.begin()
        alive, asked = time.monotonic(), -AGAIN_SECONDS
        while True:
            now = time.monotonic()
            connected = bool(self._socket.poll(0, zmq.POLLOUT))
            if self._silence.look(connected) or self._is_gone():
                raise RefereeError(self._lost())
            if now - max(alive, asked) >= AGAIN_SECONDS or asked < 0:
                asked = now if self._sent(request) else asked
            if not self._socket.poll(_POLL_MS):
                continue
            try:
                about, answer = wire.read_reply(self._socket.recv_multipart(copy=True))
            except wire.Malformed as error:
                raise RefereeError(f"the referee at {self._address} sent {error}") from error
            alive = time.monotonic()
            self._silence.hear()
            if about == number and not isinstance(answer, Queued):
                return answer

    def _sent(self, request: bytes) -> bool:
        try:
            self._socket.send(request, zmq.NOBLOCK)
        except zmq.Again:  # there is no connection yet, or not again yet
            return False
        return True

    def _is_gone(self) -> bool:
        """Whether the local worker was given up: its folder is removed with it."""
        file = addresses.socket_file(self._address)
        return file is not None and not file.parent.is_dir()

    def _lost(self) -> str:
        if self._is_gone():
            return f"the referee at {self._address} has ended{self._log}"
        why = f"is it running{self._log}"
        if addresses.socket_file(self._address) is None:
            why = "is `grader referee` running there, and c.Course.referee_key what it printed"
        return f"the referee at {self._address} is lost ({self._silence}): {why}?"


def _log_of(address: str) -> str:
    """Where to read on, for a worker that ``service.local`` started; else nothing."""
    file = addresses.socket_file(address)
    try:
        return f"; see {file.with_name('log').readlink()}" if file is not None else ""
    except OSError:
        return ""


@contextmanager
def connect(
    address: str,
    server_key: str = "",
    give_up_seconds: float = SILENT_SECONDS,
    *,
    given_up: bool = False,
) -> Iterator[Client]:
    """A client of the referee at ``address``, to be used while the context lasts; see ``Client``.

    Raises:
        ConfigurationError: no address of a referee, or no key for it.
    """
    client = Client(address, server_key, give_up_seconds, given_up=given_up)
    try:
        yield client
    finally:
        client.close()
