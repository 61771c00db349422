"""Runs a notebook's cells in a student kernel, and carries questions to the probe in it.

Meanwhile ``fit`` may ask in that kernel for a training; see ``grader.notebook.serving``.

What comes out of the kernel is data, and any of it may be forged. How a cell ended is told to
people; verdicts rest on what the examiner found.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import nbformat
import zmq
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode

from grader.notebook.clock import Clock
from grader.notebook.runs import CellRun, End, Ended
from grader.notebook.serving import Reply, Serving, asked
from grader.sandbox.client import KernelMisbehaved, SandboxManager
from grader.sandbox.ends import EndReason
from grader.sandbox.provisioner import SandboxProvisioner

# After a cell has overrun, how long Python may take to notice the interrupt.
_INTERRUPT_SECONDS = 5.0

_NEAR = 0.02  # seconds by which a cell may overrun: how often its time is looked at near the end

_INSTALL = """
def _install(texts):
    import sys, types
    for name, text in texts.items():
        sys.modules[name] = types.ModuleType(name)
        exec(compile(text, f"<{name}>", "exec"), vars(sys.modules[name]))
_install(%r); del _install
"""
_ANSWER = "__import__('course_probe').answer()"
_NO_ANSWER = {"error": "RuntimeError", "message": "your code keeps the kernel from answering"}


# What reading a message raises that says something else than messages say.
_NO_MESSAGE = (
    *(ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError),
    nbformat.ValidationError,
)

# Why a sandbox ended, as people are told it.
_REASONS = {
    EndReason.EXITED: (End.DIED, "it exited"),
    EndReason.SIGNALLED: (End.DIED, "it was killed by a signal, as after a crash"),
    EndReason.MALFORMED: (End.DIED, "it sent a malformed message"),
    EndReason.MEMORY_LIMIT: (End.LIMIT, "memory limit"),
    EndReason.TIME_LIMIT: (End.LIMIT, "time limit of the submission"),
    EndReason.OUTPUT_LIMIT: (End.LIMIT, "output limit"),
}


class StudentKernel:
    """The kernel in which one submission's cells run; see ``started``.

    Args:
        notebook: whose cells are run.
        make_manager: called for each new kernel; returns its manager, not started.
        folder: the working directory, where the manager heeds one.
        serving: answers what ``fit`` asks, and has the clock by which cells are stopped; where it
            is left out, ``fit`` is refused.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        make_manager: Callable[[], AsyncKernelManager],
        folder: Path,
        serving: Serving | None = None,
    ) -> None:
        self._notebook, self._make_manager, self._folder = notebook, make_manager, folder
        self._serving = serving or Serving(_no_fit, Clock())
        self._open = contextlib.ExitStack()
        self._client: NotebookClient

    def start(self) -> None:
        """Start a fresh Python, in which nothing but the probe has run."""
        self._open.close()
        self._client = NotebookClient(
            self._notebook,
            km=self._make_manager(),
            force_raise_errors=True,
            record_timing=False,
            # A cell tagged to be skipped would never be tested, and so never fail.
            skip_cells_with_tag="",
            timeout=None,  # ours counts otherwise; see `_run`
        )
        self._open.enter_context(
            self._client.setup_kernel(
                cleanup_kc=True,
                cwd=str(self._folder),
                # What cells print comes as messages; the rest is TensorFlow's start-up.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        self.execute(_INSTALL % probe_texts())

    def close(self) -> None:
        """End the kernel and whatever it started."""
        self._open.close()

    def run(self, index: int, seconds: float) -> CellRun:
        """Run the notebook's cell ``index``, stopping it after ``seconds``."""
        cell = self._client.nb.cells[index]
        begin = self._now()
        try:
            run_sync(self._run)(cell, index, begin + max(1.0, seconds))
        except CellExecutionError as raised:
            return self._raised(raised, begin)
        except TimeoutError:
            return self._overrun(begin)
        except DeadKernelError:
            return self._died(begin)
        except (KernelMisbehaved, *_NO_MESSAGE):
            return self._misbehaved(begin)
        if self._lost():
            return self._died(begin)
        return CellRun(End.DONE, self._now() - begin)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the sandbox's own clock, while somebody else makes it wait."""
        provisioner = getattr(self._client.km, "provisioner", None)
        if not isinstance(provisioner, SandboxProvisioner):
            yield
            return
        provisioner.pause_clock()
        try:
            yield
        finally:
            provisioner.resume_clock()

    def _now(self) -> float:
        return self._serving.clock.now()

    async def _run(self, cell: NotebookNode, index: int, deadline: float) -> None:
        """Run a cell and serve what ``fit`` asks, until the cell ends or its time is up.

        nbclient's own time limit would count what is waited for the referee.
        """
        await self._drop_requests()
        running = asyncio.ensure_future(self._client.async_execute_cell(cell, index))
        serving = asyncio.ensure_future(self._serve())
        try:
            while not running.done():
                left = deadline - self._now()
                if left <= 0:
                    raise TimeoutError
                await asyncio.wait(
                    {running, serving},
                    timeout=max(_NEAR, left),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if serving.done() and not running.done():
                    serving.result()
            await running
        finally:
            await _cancel_others()

    async def _drop_requests(self) -> None:
        """Drop what an earlier cell left on stdin."""
        channel = self._client.kc.stdin_channel
        while await channel.socket.poll(0):
            await channel.get_msg(timeout=1)

    async def _serve(self) -> None:
        """Reply to each request of ``fit`` while a cell runs; others are nobody's to answer."""
        channel = self._client.kc.stdin_channel
        while True:
            if await channel.socket.poll():
                message: dict[str, Any] = await channel.get_msg(timeout=1)
                found = asked(message["content"])
                if message["msg_type"] == "input_request" and found is not None:
                    self._send(message, *await self._serving.reply(found, self._expect_alive))

    async def _expect_alive(self) -> None:
        if not await self._client.km.is_alive():
            raise DeadKernelError("Kernel died")

    def _send(
        self, request: dict[str, Any], reply: Mapping[str, Any], buffers: Sequence[bytes]
    ) -> None:
        """Reply to a request on stdin."""
        kc = self._client.kc
        content = {"value": json.dumps(reply), "status": "ok"}
        kc.session.send(
            kc.stdin_channel.socket, "input_reply", content, parent=request, buffers=list(buffers)
        )

    def execute(self, code: str) -> None:
        """Run code of ours, and wait for its end; its outputs are dropped."""
        kc = self._client.kc
        run_sync(kc.execute_interactive)(
            code, store_history=False, allow_stdin=False, output_hook=lambda _: None, timeout=60
        )

    def ask(
        self, question: dict[str, Any], buffers: Sequence[bytes], seconds: float
    ) -> tuple[dict[str, Any], Sequence[Any]]:
        """Ask the probe; returns its answer and the buffers beside it.

        Raises:
            Ended: no answer came: the kernel ended, or time was up.
        """
        begin = self._now()
        try:
            answer = run_sync(self._ask)(question, buffers, begin + seconds)
        except TimeoutError:
            raise Ended(self._overrun(begin)) from None
        except DeadKernelError:
            raise Ended(self._died(begin)) from None
        except (KernelMisbehaved, *_NO_MESSAGE):
            raise Ended(self._misbehaved(begin)) from None
        if self._lost():
            raise Ended(self._died(begin))
        return answer  # type: ignore[no-any-return]

    async def _ask(
        self, question: dict[str, Any], buffers: Sequence[bytes], deadline: float
    ) -> tuple[dict[str, Any], Sequence[Any]]:
        """The exchange: the probe asks for a question, then hands over the answer."""
        number = self._client.kc.execute(_ANSWER, silent=True, store_history=False)
        if await self._request(number, deadline, question, buffers) is None:
            return _NO_ANSWER, []
        answer = await self._request(number, deadline, {}, [])
        if answer is None:
            return _NO_ANSWER, []
        while (await self._message(number, deadline))["msg_type"] != "execute_reply":
            pass
        try:
            found = json.loads(answer["content"]["prompt"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return _NO_ANSWER, []
        return (found if type(found) is dict else _NO_ANSWER), answer.get("buffers", [])

    async def _request(
        self, number: str, deadline: float, reply: dict[str, Any], buffers: Sequence[bytes]
    ) -> dict[str, Any] | None:
        """Wait for the probe to ask, and reply; None if its line ended without asking.

        What the probe is asked for may call ``fit``, whose requests are served meanwhile.
        """
        while True:
            message = await self._message(number, deadline)
            if message["msg_type"] != "input_request":
                return None
            if (found := asked(message["content"])) is None:
                self._send(message, reply, buffers)
                return message
            self._send(message, *await self._serving.reply(found, self._expect_alive))

    async def _message(self, number: str, deadline: float) -> dict[str, Any]:
        """The next message on stdin or shell that belongs to the request ``number``."""
        channels = (self._client.kc.stdin_channel, self._client.kc.shell_channel)
        while (remaining := deadline - self._now()) > 0:
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
                await self._expect_alive()
        raise TimeoutError

    def _raised(self, raised: CellExecutionError, begin: float) -> CellRun:
        """What a cell raised, as text that can be written anywhere: half a character cannot."""
        name, text = (
            str(said).encode(errors="replace").decode()[:10_000]
            for said in (raised.ename, raised.evalue)
        )
        return CellRun(End.RAISED, self._now() - begin, name, text)

    def _misbehaved(self, begin: float) -> CellRun:
        """End a kernel that sent what cannot be read, if its channel did not end it already."""
        manager = self._client.km
        run_sync(_cancel_others)()
        if not isinstance(manager, SandboxManager):
            return CellRun(
                End.DIED, self._now() - begin, message="a malformed message", alive=False
            )
        if manager.end() is None:
            run_sync(manager.provisioner.stop)(EndReason.MALFORMED)
        return self._died(begin)

    def _overrun(self, begin: float) -> CellRun:
        """Interrupt what overran; a Python that does not come back from it is lost."""
        seconds = self._now() - begin
        alive = True
        run_sync(self._client.km.interrupt_kernel)()
        try:
            run_sync(self._client.kc.wait_for_ready)(timeout=_INTERRUPT_SECONDS)
        except (RuntimeError, KernelMisbehaved):
            alive = False
        return CellRun(End.LIMIT, seconds, message=f"time limit, {seconds:.0f} s", alive=alive)

    def _died(self, begin: float) -> CellRun:
        """Why the kernel is gone."""
        seconds = self._now() - begin
        manager = self._client.km
        if not isinstance(manager, SandboxManager):
            return CellRun(End.DIED, seconds, message="a crash or an exit", alive=False)
        with contextlib.suppress(Exception):
            run_sync(manager.provisioner.wait)()
        end = manager.end()
        reason = EndReason.LOST if end is None else end.reason
        how, words = _REASONS.get(reason, (End.FAULT, reason.value))
        return CellRun(how, seconds, message=words, alive=False)

    def _lost(self) -> bool:
        """Whether a channel was lost: then outputs may be missing, and nothing may rest on them."""
        lost = getattr(self._client.kc, "lost", tuple)
        return bool(lost())


async def _cancel_others() -> None:
    """End what nbclient leaves behind where it raises, and what waits for the referee."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def probe_texts() -> dict[str, str]:
    """The texts that run in a kernel before any student code, by the names of their modules."""
    folder = resources.files("grader.sandbox")
    return {
        "course_values": folder.joinpath("values.py").read_text(),
        "course_probe": folder.joinpath("probe.py").read_text(),
        "course_images": folder.joinpath("recognising.py").read_text(),
        "course_fitting": folder.joinpath("fitting.py").read_text(),
    }


def _no_fit(_: Mapping[str, Any]) -> Reply:
    """The answer of a kernel for which no training is carried out."""
    return {"refused": "No network is trained here: leave out fit."}, []
