"""What travels on a kernel's stdin channel: requests of ``fit``, and questions of the examiner."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError

from grader.notebook.judging.fit_requests import FitRequests, asked
from grader.sandbox.guest import long_text, protocol

Answer = tuple[dict[str, Any], Sequence[bytes]]

_GIVEN_UP = {
    "do": "raised",
    "class": {"library": "builtins:RuntimeError"},
    "arguments": ["the test has ended"],
    "number": -1,
}
_NO_MORE: dict[str, Any] = {}  # questions: the agent's line ends
_NO_ANSWER = {"error": "RuntimeError", "message": "your code keeps the kernel from answering"}


@dataclass
class _Line:
    """The agent's line, which the kernel runs.

    Attributes:
        number: of the request to run it.
        request: what the agent waits for a reply to; None where the line has ended.
        questions: how many have no answer yet; more than one where a callback waits for others.
        is_interrupted: whether it has ended by a KeyboardInterrupt, as far as the kernel says.
    """

    number: str
    request: dict[str, Any] | None
    questions: int = 0
    is_interrupted: bool = False


class KernelStdin:
    """The stdin channel of one kernel.

    Args:
        manager: the kernel's.
        client: the kernel's.
        requests: answers those of ``fit``.
    """

    def __init__(
        self, manager: AsyncKernelManager, client: AsyncKernelClient, requests: FitRequests
    ) -> None:
        self._manager, self._client, self._requests = manager, client, requests
        self._line: _Line | None = None

    async def drop_requests(self) -> None:
        """Drop what an earlier cell left on stdin."""
        channel = self._client.stdin_channel
        while await channel.socket.poll(0):
            await channel.get_msg(timeout=1)

    async def serve(self) -> None:
        """Reply to each request of ``fit``, without end; other requests stay without a reply."""
        channel = self._client.stdin_channel
        while True:
            if await channel.socket.poll():
                message: dict[str, Any] = await channel.get_msg(timeout=1)
                request = asked(message["content"])
                if message["msg_type"] == "input_request" and request is not None:
                    self._send(message, *await self._requests.reply(request, self.expect_alive))

    async def ask(
        self, content: dict[str, Any], buffers: Sequence[bytes], deadline: float
    ) -> Answer:
        """Ask the kernel agent, which then waits for the next question; returns its answer.

        Before the answer there may be a callback. It is returned, and the next call of this sends
        its outcome, or a question within it, and returns what the agent says next.

        Args:
            content: as ``grader.sandbox.guest.protocol`` defines it.
            buffers: beside it.
            deadline: on the submission's clock.

        Raises:
            TimeoutError: no answer came until then.
            DeadKernelError: the kernel ended.
        """
        try:
            return await self._asked(content, buffers, deadline)
        except BaseException:  # it is not waited for any more: the kernel is interrupted, or gone
            self._line = None
            raise

    async def _asked(
        self, content: dict[str, Any], buffers: Sequence[bytes], deadline: float
    ) -> Answer:
        is_question = content.get("do") not in ("returned", "raised")
        waited = self._line
        if is_question and "within" not in content:
            await self._wait_for_agent(deadline)
        line = self._line
        if line is None or line.request is None:
            return self._closed()
        line.questions += is_question
        self._send(line.request, content, buffers)
        await self._next_request(line, deadline)
        if line.request is None:
            is_unheard = line is waited and is_question and line.questions == 1
            # A timer of the student's, for example, ended it while it waited for this question. A
            # KeyboardInterrupt ends it also where their code raises that at work on the question.
            if is_unheard and not line.is_interrupted:
                return await self._asked(content, buffers, deadline)
            return self._closed()
        said, parts = _content(line.request)
        line.questions -= "callback" not in said
        return said, parts

    async def _wait_for_agent(self, deadline: float) -> None:
        """Wait until the agent waits for a question; its line is run where it does not."""
        line, shell = self._line, self._client.shell_channel.socket
        # A message of the shell's says that the line has ended.
        if line is None or line.request is None or line.questions or await shell.poll(0):
            await self.end_line(deadline)
            await self.expect_alive()
            number = self._client.execute(protocol.ANSWER, silent=True, store_history=False)
            self._line = _Line(number, None)
            await self._next_request(self._line, deadline)
        else:
            await self.expect_alive()

    async def end_line(self, deadline: float) -> None:
        """End the agent's line, also where the examiner has left a callback without an outcome.

        Raises:
            TimeoutError: it has not ended until then.
            DeadKernelError: the kernel ended.
        """
        line, self._line = self._line, None
        while line is not None and line.request is not None:
            is_callback = "callback" in _content(line.request)[0]
            self._send(line.request, _GIVEN_UP if is_callback else _NO_MORE, [])
            await self._next_request(line, deadline)

    def _closed(self) -> Answer:
        """The answer of a kernel whose line has ended."""
        self._line = None
        return _NO_ANSWER, []

    async def _next_request(self, line: _Line, deadline: float) -> None:
        """Wait for the agent to ask, or for its line to end.

        What the agent is asked for may call ``fit``, whose requests are served meanwhile.
        """
        line.request = None
        while True:
            message = await self._message(line.number, deadline)
            if message["msg_type"] != "input_request":
                line.is_interrupted = _ended_by(message) == "KeyboardInterrupt"
                return
            if (request := asked(message["content"])) is None:
                line.request = message
                return
            self._send(message, *await self._requests.reply(request, self.expect_alive))

    async def _message(self, number: str, deadline: float) -> dict[str, Any]:
        """The next message on stdin or shell that belongs to the request ``number``."""
        channels = (self._client.stdin_channel, self._client.shell_channel)
        while (remaining := deadline - self._requests.clock.now()) > 0:
            poller = zmq.asyncio.Poller()
            for channel in channels:
                poller.register(channel.socket, zmq.POLLIN)
            ready = dict(await poller.poll(min(1.0, remaining) * 1000))
            for channel in channels:
                if channel.socket in ready:
                    message: dict[str, Any] = await channel.get_msg(timeout=1)
                    if message["parent_header"].get("msg_id") == number:
                        return message
            if not ready:
                await self.expect_alive()
        raise TimeoutError

    async def expect_alive(self) -> None:
        """Raise ``DeadKernelError`` if the kernel has ended: nobody would read what is sent."""
        if not await self._manager.is_alive():
            raise DeadKernelError("Kernel died")

    def _send(
        self, request: dict[str, Any], reply: Mapping[str, Any], buffers: Sequence[bytes]
    ) -> None:
        """Reply to a request on stdin."""
        content = {"value": json.dumps(reply), "status": "ok"}
        socket = self._client.stdin_channel.socket
        self._client.session.send(
            socket, "input_reply", content, parent=request, buffers=list(buffers)
        )


def _ended_by(reply: Mapping[str, Any]) -> object:
    """The name of the exception that ended a line; whatever a kernel says in its place."""
    content = reply.get("content")
    return content.get("ename") if isinstance(content, dict) else None


def _content(message: Mapping[str, Any]) -> Answer:
    """What the agent says, and the buffers beside it."""
    try:
        content, buffers = long_text.read(message["content"]["prompt"], message.get("buffers", []))
    except (ValueError, KeyError, TypeError, RecursionError):
        return _NO_ANSWER, []
    return (content if type(content) is dict else _NO_ANSWER), buffers
