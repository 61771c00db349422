"""The folder in which a kernel binds its sockets, which is the host's, holds nothing else."""

import os
import socket

import pytest

from grader.errors import SandboxError
from grader.sandbox.policy import SOCKETS, Policy
from grader.sandbox.sandbox_dir import SandboxDir, expect_sockets_alone
from tests.sandbox.conftest import Kernel


@pytest.fixture
def directory():
    made = SandboxDir.make()
    yield made
    made.remove()


def bind(directory, name):
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(directory.exposed / name))


def test_sockets_may_be_there(directory):
    expect_sockets_alone(directory)
    bind(directory, "k-1")
    expect_sockets_alone(directory)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: path.symlink_to("k-1")])
def test_nothing_else_may(directory, make):
    bind(directory, "k-1")
    make(directory.exposed / "fat")
    with pytest.raises(ValueError, match="'fat' lies beside the kernel's sockets, and is none"):
        expect_sockets_alone(directory)


@pytest.mark.kernel
def test_a_kernel_that_writes_there_as_it_starts_is_ended():
    write = f"cat /dev/zero > {SOCKETS}/fat; sleep 600"
    with pytest.raises(SandboxError, match="'fat' lies beside the kernel's sockets"):
        Kernel(Policy(), ["/bin/sh", "-c", write])
