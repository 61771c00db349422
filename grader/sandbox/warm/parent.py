"""The warm parent: has imported what student kernels import, and forks a kernel for each sandbox.

A program of its own, started by ``grader.sandbox.warm.host``. It runs no student code and reads no
submission. It lives in a sandbox with the file system of a student's, without a network. A child of
it moves into the namespaces of a sandbox that bubblewrap has made, gives up every right, and only
then becomes a kernel.

It imports nothing of ours but ``rights``, which its sandbox shows, too.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from grader.sandbox.warm import rights

ORDER_BYTES = 1 << 20
ORDER_SECONDS = 60.0
SHARES_MEMORY = (
    "what it imported has memory that all kernels of a class could write; see warm_imports"
)
IDLE_SECONDS = 900.0  # a server that graded once need not hold the memory for ever


@dataclass(frozen=True)
class Order:
    """What one kernel is made of.

    Attributes:
        argv: of the kernel; the first is a module's name.
        environment: all of it.
        limits: names of ``resource`` to a number.
        seccomp: the filter's program.
        folder: where it starts.
    """

    argv: tuple[str, ...]
    environment: dict[str, str]
    limits: dict[str, int]
    seccomp: bytes
    folder: str

    @classmethod
    def read(cls, text: bytes) -> Order:
        """Read what ``grader.sandbox.launcher`` wrote."""
        found = json.loads(text)
        return cls(
            tuple(found["argv"]),
            found["environment"],
            found["limits"],
            bytes.fromhex(found["seccomp"]),
            found["folder"],
        )


def main() -> None:
    """Prepare what the command line names, fork a kernel for each caller, and in a fork be one."""
    rights.die_with_parent()  # bubblewrap's end is ours
    listener = socket.socket(fileno=int(sys.argv[1]))
    ends = [int(number) for number in sys.argv[2].split(",")]
    gc.disable()  # collections are more than a quarter of the time that importing Keras takes
    for name in sys.argv[3:]:
        with contextlib.suppress(Exception):  # the notebook's own cell will raise it
            _prepare(name)
    problem = SHARES_MEMORY if _shares_memory() else ""
    gc.collect()
    gc.freeze()  # a child's collector would touch, and so copy, every page
    gc.enable()
    order = _serve_all(listener, ends, problem)
    if order is not None:
        _become(order)


def _prepare(name: str) -> None:
    """Import a module; of ``module:function``, call the function."""
    module, _, function = name.partition(":")
    imported = importlib.import_module(module)
    if function:
        getattr(imported, function)()


def _shares_memory() -> bool:
    """Whether something imported has memory that all children could write together.

    Shared pages that are only read now count if they may be made writable (``mw``).
    """
    flags = (
        line.split()[1:]
        for line in Path("/proc/self/smaps").read_text().splitlines()
        if line.startswith("VmFlags:")
    )
    return any("sh" in these and "mw" in these for these in flags)


def _serve_all(listener: socket.socket, ends: list[int], problem: str) -> Order | None:
    """Fork a helper for each caller; in a kernel, what it is made of; None when it is over.

    Linux reaps helpers, and kernels whose helper was killed before it could: none stays, whoever is
    the first process of the machine.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    rights.adopt_orphans()
    while True:
        ready, _, _ = select.select([listener.fileno(), *ends], [], [], IDLE_SECONDS)
        if not ready or set(ends) & set(ready):
            return None
        caller, _ = listener.accept()
        try:
            helper = os.fork()
        except OSError as error:  # no process is left: this kernel starts cold
            _refuse(caller, error)
            continue
        if helper == 0:
            listener.close()
            for descriptor in ends:
                os.close(descriptor)
            return _serve(caller, problem)
        caller.close()


def _serve(caller: socket.socket, problem: str) -> Order:
    """Put one kernel into its sandbox, and tell the caller how it ended; returns in the kernel."""
    try:
        if problem:
            raise RuntimeError(problem)
        _say(caller, process=os.getpid(), helper=True)
        caller.settimeout(ORDER_SECONDS)
        # When the order comes, the caller has put this process into its group.
        text, (inside, stderr), _, _ = socket.recv_fds(caller, ORDER_BYTES, 2)
        order = Order.read(text)
        caller.settimeout(None)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        rights.join_namespaces(inside)
        kernel = os.fork()
        if kernel == 0:
            _settle_or_exit(order, stderr)
            caller.detach()  # closed with all others
            return order
        rights.drop_capabilities()  # a new member of a user namespace has every one
        _say(caller, process=kernel, kernel=True)
        _, status = os.waitpid(kernel, 0)
        _say(caller, status=os.waitstatus_to_exitcode(status))
    except BaseException as error:
        _refuse(caller, error)
    os._exit(0)


def _refuse(caller: socket.socket, error: BaseException) -> None:
    """Tell why there is no kernel, and hang up."""
    with contextlib.suppress(OSError):
        _say(caller, error=f"{type(error).__name__}: {error}")
    caller.close()


def _settle_or_exit(order: Order, stderr: int) -> None:
    """Give everything up, or be no kernel at all."""
    try:
        _settle(order, stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
        os._exit(1)


def _become(order: Order) -> NoReturn:
    """Be the kernel, whose rights were given up."""
    try:
        _forget_hidden_modules()
        _reseed()
        _run(order)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stderr.flush()
        os._exit(code)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _settle(order: Order, stderr: int) -> None:
    """Give up all descriptors and rights, and every way to regain them."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor, target in ((nothing, 0), (nothing, 1), (stderr, 2)):
        os.dup2(descriptor, target)
    # The limit on descriptors may be lower than when one of them was opened.
    os.closerange(3, max(map(int, os.listdir("/proc/self/fd"))) + 1)  # noqa: PTH208
    rights.die_with_parent()
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # as Python starts: a write raises OSError
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.umask(0o022)
    os.environ.clear()
    os.environ.update(order.environment)
    os.chdir(order.folder)
    rights.limit(order.limits)
    if len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208 - another thread keeps its rights
        raise RuntimeError("something imported starts a thread in each fork; see warm_imports")
    rights.drop_capabilities()
    rights.become_dumpable()
    rights.refuse_calls(order.seccomp)


def _forget_hidden_modules() -> None:
    """Forget modules of ours whose files this sandbox does not show, this one among them."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] == "grader" and not (file and Path(file).exists()):
            del sys.modules[name]


def _reseed() -> None:
    """No two kernels draw the same random numbers."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _run(order: Order) -> None:
    """Run the kernel's module as a program."""
    import runpy

    sys.argv = ["kernel", *order.argv[1:]]
    runpy.run_module(order.argv[0], run_name="__main__", alter_sys=True)


def _say(caller: socket.socket, *, process: int = 0, **facts: Any) -> None:
    """Say something, with a descriptor of a process: its number may soon be another's."""
    descriptors = [os.pidfd_open(process)] if process else []
    try:
        socket.send_fds(caller, [json.dumps(facts).encode()], descriptors)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    main()
