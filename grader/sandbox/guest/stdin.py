"""Messages on the kernel's stdin channel, where a program's ``input()`` would ask a person."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import zmq
from IPython import get_ipython

from . import long_text

Exchange = Callable[[Mapping[str, Any], Sequence[bytes]], tuple[dict[str, Any], Sequence[Any]]]
"""Sends a message and its buffers; returns the reply to it and the reply's buffers."""


def exchange(
    content: Mapping[str, Any], buffers: Sequence[bytes]
) -> tuple[dict[str, Any], Sequence[Any]]:
    """Send one message on the stdin channel and wait for the reply to it."""
    kernel = get_ipython().kernel
    sys.stdout.flush()
    sys.stderr.flush()
    with contextlib.suppress(zmq.Again):  # a reply that came after its question was interrupted
        while True:
            kernel.stdin_socket.recv_multipart(zmq.DONTWAIT)
    parent = kernel.get_parent("shell")
    ident = kernel._get_shell_context_var(kernel._shell_parent_ident)
    text, buffers = long_text.written(content, buffers)
    prompt = {"prompt": text, "password": False}
    kernel.session.send(
        kernel.stdin_socket, "input_request", prompt, parent, ident=ident, buffers=buffers
    )
    while True:
        zmq.select([kernel.stdin_socket], [], [], 1)
        ident, reply = kernel.session.recv(kernel.stdin_socket)
        if reply is not None:
            return json.loads(reply["content"]["value"]), reply.get("buffers", [])


def user_namespace() -> dict[str, Any]:
    """The names that the notebook's cells have defined."""
    return get_ipython().user_ns  # type: ignore[no-any-return]
