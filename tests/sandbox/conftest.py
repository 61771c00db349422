"""Real sandboxes for the tests: few, since each costs most of a second."""

import asyncio
import shutil
from dataclasses import replace

import pytest

from grader.model import Limits
from grader.sandbox.client import run_kernel
from grader.sandbox.policy import Policy
from grader.sandbox.warm.host import WarmParent
from tests.patience import PATIENCE, eventually

MB = 1 << 20
SMALL = Limits(
    submission_seconds=120,
    memory_bytes=1500 * MB,
    processes=150,
    file_bytes=20 * MB,
    scratch_bytes=64 * MB,
    output_bytes=8 * MB,
)


class Kernel:
    """A sandboxed kernel that a test can simply call."""

    def __init__(self, policy, argv=(), *, parent=True):
        self.loop = asyncio.Runner()
        self.context = run_kernel(policy, argv)
        try:
            self.manager, self.client = self.loop.run(self.context.__aenter__())
            self.expects(policy, argv, parent)
        except BaseException:
            self.loop.close()
            raise

    def expects(self, policy, argv, parent):
        """Fail if a kernel that should be warm has started cold; another program always does."""
        started = self.manager.provisioner
        allowed = set(policy.blocked) <= set(policy.warm_blocked)
        warm = parent and policy.warm is not None and allowed and (not argv or "-m" in argv)
        assert started.warm == warm, started.cold_reason

    def run(self, code, timeout=PATIENCE):
        """What a cell printed; what it raised comes back as its last line."""
        said = []

        def hear(message):
            content = message["content"]
            said.append(content.get("text") or f"{content.get('ename')}: {content.get('evalue')}")

        def relevant(message):
            if message["msg_type"] in ("stream", "error"):
                hear(message)

        call = self.client.execute_interactive(code, output_hook=relevant, timeout=timeout)
        self.loop.run(call)
        return "".join(said).strip()

    def dies(self, code, seconds=PATIENCE):
        """Run code that the sandbox does not survive, and say how it ended."""
        self.client.execute(code)
        return self.ends(seconds)

    def ends(self, seconds=PATIENCE):
        """Wait for the end."""
        eventually(self.manager.end, seconds)
        return self.manager.end()

    def close(self):
        """Leave nothing behind."""
        self.loop.run(self.context.__aexit__(None, None, None))
        self.loop.close()


@pytest.fixture(scope="session", autouse=True)
def bubblewrap():
    """A sandbox that cannot be tried must not look like one that holds."""
    if shutil.which("bwrap") is None:
        pytest.fail("these tests need bubblewrap: apt-get install bubblewrap")


@pytest.fixture(scope="session")
def warm_parent():
    """A process that has imported what the kernels of these tests run on."""
    parent = WarmParent(Policy(), ["ipykernel_launcher", "ipykernel.ipkernel", "numpy"])
    parent.expect_ready()
    yield parent
    parent.close()


@pytest.fixture(scope="session", params=["cold", "warm"])
def start(request):
    """How a kernel starts: what holds in a sandbox must hold both ways."""
    if request.param == "cold":
        return lambda policy: policy
    address = request.getfixturevalue("warm_parent").address
    return lambda policy: replace(policy, warm=address)


@pytest.fixture(scope="session")
def kernel(start, tmp_path_factory):
    """One sandbox for all tests that it survives."""
    folder = tmp_path_factory.mktemp("host")
    (folder / "ascent.txt").write_text("hills")
    (folder / "data").mkdir()
    (folder / "data" / "images").write_text("pixels")
    policy = Policy(SMALL, files={"ascent.txt": folder / "ascent.txt"}, data=folder / "data")
    kernel = Kernel(start(policy))
    kernel.run("import os, socket")  # for all tests: none may rest on another's imports
    yield kernel
    kernel.close()


@pytest.fixture
def fresh(start):
    """Make sandboxes of a test's own."""
    made = []

    def make(policy=None, argv=()):
        made.append(Kernel(start(policy or Policy(SMALL)), argv))
        return made[-1]

    yield make
    for kernel in made:
        kernel.close()
