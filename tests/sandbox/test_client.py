"""The client that a kernel can neither flood nor lead astray, and other clients of a sandbox."""

import asyncio
import json
import pickle
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from grader.errors import SandboxError
from grader.sandbox.client import (
    KernelMisbehaved,
    SandboxClient,
    SandboxManager,
    _expect_ready,
    kernel_command,
)
from grader.sandbox.host import try_sandbox
from grader.sandbox.policy import Policy
from grader.sandbox.remedies import remedy
from grader.sandbox.sandbox_exit import EndReason, SandboxExit
from tests.patience import PATIENCE

from .conftest import MB, SMALL

pytestmark = pytest.mark.kernel


def test_no_thread_sends_heartbeats(kernel):
    """It would wait for ever for a kernel that has just gone, and so would who stops it."""
    assert not kernel.client.hb_channel.is_alive()


class Flood:
    """A channel on which messages come without end, and none that is waited for."""

    def __init__(self, *said):
        self.said = list(said)

    async def get_msg(self, timeout):
        """The next message, without waiting."""
        await asyncio.sleep(0)
        other = {"parent_header": {"msg_id": "another"}, "content": {"execution_state": "idle"}}
        return self.said.pop() if self.said else other


@pytest.mark.parametrize("said", [(), ({"parent_header": {"msg_id": "ours"}},)])
def test_a_flood_of_other_messages_makes_nobody_wait_longer(monkeypatch, said):
    client = SandboxClient()
    monkeypatch.setattr(client, "_shell_channel", Flood(*said))
    monkeypatch.setattr(client, "_iopub_channel", Flood())
    monkeypatch.setattr(client, "kernel_info", lambda: "ours")

    async def ask():
        await asyncio.wait_for(client.wait_for_ready(timeout=0.1), PATIENCE)

    with pytest.raises(RuntimeError, match="didn't respond"):
        asyncio.run(ask())


def test_a_kernel_that_ends_before_it_answers_is_told_in_a_line(monkeypatch):
    async def died(*_, **__):
        raise RuntimeError("Kernel died before replying to kernel_info")

    manager = SimpleNamespace(end=lambda: SandboxExit(EndReason.LOST, detail="no process"))
    monkeypatch.setattr(SandboxClient, "wait_for_ready", died)
    with pytest.raises(SandboxError, match=r"Kernel died .*no process\); `grader doctor`"):
        asyncio.run(_expect_ready(manager, SandboxClient()))


def test_too_much_output_ends_the_sandbox(fresh):
    kernel = fresh(Policy(replace(SMALL, output_bytes=MB)))
    with pytest.raises(KernelMisbehaved, match="output limit"):
        kernel.run("import time\nwhile True: print('x' * 1000, flush=True)")
    assert kernel.ends().reason is EndReason.OUTPUT_LIMIT


def test_a_message_too_long_loses_the_channel(fresh):
    kernel = fresh()
    assert kernel.client.lost() == ()
    assert kernel.dies("print('x' * (40 << 20))").reason is EndReason.OUTPUT_LIMIT
    assert "iopub" in kernel.client.lost()


def test_a_message_that_is_none_ends_the_sandbox(fresh):
    kernel = fresh()
    forged = """
from ipykernel.kernelapp import IPKernelApp
k = IPKernelApp.instance().kernel
import json
parts = [b'{}', b'[]', b'{}', b'{}']
k.iopub_socket.send_multipart([b'x', b'<IDS|MSG>', k.session.sign(parts), *parts])
"""
    with pytest.raises(KernelMisbehaved, match="malformed"):
        kernel.run(forged)
    assert kernel.ends().reason is EndReason.MALFORMED


def test_a_misbehaving_kernel_is_an_error_that_travels():
    error = pickle.loads(pickle.dumps(KernelMisbehaved(EndReason.OUTPUT_LIMIT)))
    assert error.reason is EndReason.OUTPUT_LIMIT


def test_no_socket_waits_for_a_kernel_that_was_killed(fresh):
    client = fresh().client
    channels = client.shell_channel, client.iopub_channel, client.stdin_channel
    assert [channel.socket.linger for channel in (*channels, client.control_channel)] == [0] * 4


def test_nbclient_runs_notebooks_in_it():
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("import os; print(os.getcwd())")]
    manager = SandboxManager(Policy(SMALL))
    asyncio.run(NotebookClient(notebook, km=manager).async_execute(cleanup_kc=True))
    assert notebook.cells[0].outputs[0].text == "/home/student\n"
    assert manager.end().reason in {EndReason.STOPPED, EndReason.EXITED}


def test_nbclient_says_that_a_kernel_died_and_we_why():
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("import os; os._exit(9)")]
    manager = SandboxManager(Policy(SMALL))
    with pytest.raises(DeadKernelError):
        asyncio.run(NotebookClient(notebook, km=manager).async_execute(cleanup_kc=True))
    assert (manager.end().reason, manager.end().code) == (EndReason.EXITED, 9)


def test_any_client_gets_a_sandbox_by_naming_a_kernelspec(tmp_path, monkeypatch):
    """As nbgrader does: nothing but the kernelspec's metadata tells of the sandbox."""
    folder = tmp_path / "kernels" / "boxed"
    folder.mkdir(parents=True)
    spec = {
        "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "boxed",
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": "sandbox"}},
    }
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert "boxed" in KernelSpecManager().find_kernel_specs()
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("import os; print(os.getuid(), os.getcwd())")]
    asyncio.run(NotebookClient(notebook, kernel_name="boxed").async_execute())
    assert notebook.cells[0].outputs[0].text == "1000 /home/student\n"


def test_a_kernel_can_be_started_again(fresh):
    kernel = fresh()
    kernel.run("x = 1")
    kernel.client.stop_channels()
    kernel.loop.run(kernel.manager.restart_kernel(now=True))
    kernel.client = kernel.manager.client()
    kernel.client.start_channels()
    kernel.loop.run(kernel.client.wait_for_ready(timeout=PATIENCE))
    assert "NameError" in kernel.run("x")
    kernel.client.stop_channels()


def test_another_program_can_be_the_kernel(fresh, tmp_path):
    probe = tmp_path / "probe.py"
    probe.write_text(
        "BEFORE = 'probed'\nimport builtins; builtins.before = BEFORE\n"
        "from ipykernel.kernelapp import launch_new_instance\nlaunch_new_instance()\n"
    )
    policy = Policy(SMALL, readable={"/run/probe.py": probe})
    kernel = fresh(policy, kernel_command(policy, ("/run/probe.py",)))
    assert kernel.run("print(before)") == "probed"


def test_a_kernel_that_does_not_start_says_why(fresh, tmp_path):
    policy = Policy(SMALL)
    with pytest.raises(SandboxError, match="No module named nonsense"):
        fresh(policy, kernel_command(policy, ("-m", "nonsense")))
    with pytest.raises(SandboxError, match=r"No such file.*missing\.png"):
        fresh(Policy(SMALL, files={"a.png": tmp_path / "missing.png"}))


def test_a_link_is_not_handed_in(fresh, tmp_path):
    (tmp_path / "link").symlink_to("/etc/shadow")
    with pytest.raises(SandboxError, match="symbolic link"):
        fresh(Policy(SMALL, files={"a.png": tmp_path / "link"}))


def test_the_host_is_tried_for_real():
    assert 0 < try_sandbox(Policy(SMALL)).seconds < PATIENCE


def test_known_troubles_have_remedies():
    assert "AppArmor" in remedy("bwrap: setting up uid map: Permission denied")
    assert "grader doctor" in remedy("something new")
