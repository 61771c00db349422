from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import nbformat
from hypothesis import example, given
from hypothesis import strategies as st
from jupyter_client.session import Session
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat.v4 import new_code_cell, new_notebook

from grader.notebook.judging import kernel_stdin
from grader.notebook.judging.fit_requests import asked
from grader.notebook.judging.kernel_failures import FAILURES
from grader.notebook.sanitize.outputs import sanitise_notebook
from grader.sandbox.client import GuardedChannel, KernelMisbehaved
from tests.fuzzing import changes, texts
from tests.fuzzing.changes import Change, changed
from tests.fuzzing.running import tried, within

SESSION = Session(key=b"known to the kernel")
_HEADER = {
    "msg_id": "1",
    "msg_type": "stream",
    "username": "ada",
    "session": "1",
    "date": "2030-01-31T12:00:00.000000Z",
    "version": "5.4",
}
_CONTENTS = {
    "stream": {"name": "stdout", "text": "1"},
    "display_data": {"data": {"text/plain": "1"}, "metadata": {}, "transient": {"display_id": "1"}},
    "update_display_data": {"data": {"text/plain": "1"}, "metadata": {}, "transient": {}},
    "execute_result": {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": 1},
    "error": {"ename": "E", "evalue": "1", "traceback": ["1"]},
    "status": {"execution_state": "idle"},
    "clear_output": {"wait": True},
    "comm_open": {"comm_id": "1", "target_name": "jupyter.widget", "data": {"state": {}}},
    "comm_msg": {"comm_id": "1", "data": {"state": {}, "method": "update"}},
    "execute_input": {"code": "1", "execution_count": 1},
    "execute_reply": {"status": "error", "ename": "E", "evalue": "1", "traceback": ["1"]},
    "input_request": {"prompt": '{"value": {"int": 3}}', "password": False},
}
_DATES = ("9999-99-99T00:00:00Z", "999999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00")
_values = texts.anything | st.sampled_from(
    [*_CONTENTS, *_DATES, "4.0", "5.x", "1", "idle", "error"]
)
_kinds = st.sampled_from([*_CONTENTS])


def message(kind: str, changes: list[Change]) -> Any:
    """The parts of a message of a kind, in order, after some changes."""
    parts = [_HEADER | {"msg_type": kind}, {"msg_id": "0"}, {}, _CONTENTS[kind]]
    return changed(parts, changes)


def received(frames: list[bytes]) -> dict[str, Any] | None:
    """What a channel makes of the frames of a message; None where it ends the kernel."""

    async def recv_multipart(**_: Any) -> list[bytes]:
        return frames

    channel = object.__new__(GuardedChannel)
    channel.socket = SimpleNamespace(recv_multipart=recv_multipart)
    channel.session = SESSION
    SESSION.digest_history.clear()
    try:
        with within():
            return asyncio.run(channel._receive())
    except KernelMisbehaved:
        return None


def signed(parts: list[bytes]) -> list[bytes]:
    return [b"<IDS|MSG>", SESSION.sign(parts), *parts]


@example(kind="stream", changes=[Change(6, "put", None)], buffers=[])  # a version that is none
@tried(120)
@given(
    kind=_kinds, changes=changes.of(_values), buffers=st.lists(st.binary(max_size=4), max_size=2)
)
def test_a_signed_message_is_read_or_ends_the_kernel(
    kind: str, changes: list[Change], buffers: list[bytes]
) -> None:
    parts = message(kind, changes)
    if not isinstance(parts, list):
        parts = [parts]
    frames = signed([texts.as_json(part) for part in parts[:4]])
    said = received([*frames, *buffers])
    if said is not None:
        _handled(said)


@tried(80)
@given(frames=st.lists(st.binary(max_size=30) | st.sampled_from([b"<IDS|MSG>", b"{}", b"[]"])))
def test_other_frames_end_the_kernel(frames: list[bytes]) -> None:
    assert received(frames) is None
    assert received(signed(frames)) is None or len(frames) >= 4


def _handled(said: dict[str, Any]) -> None:
    """What comes of a message that arrived: outputs that can be written, or a known failure."""
    cell = new_code_cell("1", id="one")
    client = NotebookClient(new_notebook(cells=[cell]), force_raise_errors=True)
    client.reset_execution_trackers()
    with within():
        try:
            client.process_message(said, client.nb.cells[0], 0)
            run = client._check_raise_for_error(client.nb.cells[0], 0, said)
            asyncio.run(run) if asyncio.iscoroutine(run) else None
        except (*FAILURES, CellExecutionComplete):
            pass
        answer, _ = kernel_stdin._content(said)
        assert type(answer) is dict
        request = asked(said["content"])
        assert request is None or "fit" in request
        sanitise_notebook(client.nb)
    nbformat.validate(client.nb)
    nbformat.writes(client.nb).encode()


@tried(80)
@given(
    prompt=texts.anything, value=texts.anything, buffers=st.lists(st.binary(max_size=9), max_size=3)
)
def test_what_an_agent_says_is_an_object(prompt: Any, value: Any, buffers: list[bytes]) -> None:
    for said in (
        prompt,
        json.dumps(value),
        json.dumps({"long": value}),
        json.dumps({"fit": value}),
    ):
        content = {"prompt": said}
        answer, beside = kernel_stdin._content({"content": content, "buffers": buffers})
        assert type(answer) is dict
        assert len(beside) <= len(buffers)
        asked(content)
