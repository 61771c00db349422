"""What travels on a kernel's stdin channel: requests of ``fit``, and questions of the examiner."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError

from grader.notebook.judging.fit_requests import FitRequests, asked
from grader.sandbox.guest import long_text, protocol

Answer = tuple[dict[str, Any], Sequence[bytes]]

_NO_ANSWER = {"error": "RuntimeError", "message": "your code keeps the kernel from answering"}


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
        self, question: dict[str, Any], buffers: Sequence[bytes], deadline: float
    ) -> Answer:
        """Ask the kernel agent: it asks for the question, then hands over the answer.

        Args:
            question: as ``grader.sandbox.guest.protocol`` defines it.
            buffers: beside the question.
            deadline: on the submission's clock.

        Raises:
            TimeoutError: no answer came until then.
            DeadKernelError: the kernel ended.
        """
        await self.expect_alive()
        number = self._client.execute(protocol.ANSWER, silent=True, store_history=False)
        if await self._request(number, deadline, question, buffers) is None:
            return _NO_ANSWER, []
        answer = await self._request(number, deadline, {}, [])
        if answer is None:
            return _NO_ANSWER, []
        while (await self._message(number, deadline))["msg_type"] != "execute_reply":
            pass
        try:
            text, buffers = answer["content"]["prompt"], answer.get("buffers", [])
            content, beside = long_text.read(text, buffers)
        except (ValueError, KeyError, TypeError, RecursionError):
            return _NO_ANSWER, []
        return (content if type(content) is dict else _NO_ANSWER), beside

    async def _request(
        self, number: str, deadline: float, reply: dict[str, Any], buffers: Sequence[bytes]
    ) -> dict[str, Any] | None:
        """Wait for the agent to ask, and reply; None if its line ended without asking.

        What the agent is asked for may call ``fit``, whose requests are served meanwhile.
        """
        while True:
            message = await self._message(number, deadline)
            if message["msg_type"] != "input_request":
                return None
            if (request := asked(message["content"])) is None:
                self._send(message, reply, buffers)
                return message
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
