"""The lab, as `make lab` opens it, and Chromium, in which people use it."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import ROOT
from tests.patience import PATIENCE

# What failed is looked at here.
SCREENSHOTS = ROOT / "build" / "browser"

# No sandbox of its own: it would need rights that a container's root lacks, and it only visits the
# lab. The rest keeps it from calling home, which a closed network refuses, slowly.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

MILLISECONDS = PATIENCE * 1000  # as Playwright counts
expect.set_options(timeout=MILLISECONDS)


@dataclass(frozen=True)
class OpenLab:
    """A lab that runs: its folder, its process, and where its JupyterLabs are."""

    folder: Path
    process: subprocess.Popen[str]
    port: int
    instructor: str
    student: str

    def end(self) -> int:
        """Press Ctrl-C, and wait; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenLab]:
    """The lab of the course, started as a person would."""
    folder, port = tmp_path_factory.mktemp("lab") / "lab", free_ports()
    # Not through the installed program: this Python may be another than the one it names.
    command = [sys.executable, "-c", "from grader.cli import main; main()", "--course", str(ROOT)]
    options = ["lab", "--no-browser", "--port", str(port), "--folder", str(folder)]
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        said = _until(process, "Ctrl-C ends this")
        yield OpenLab(
            folder,
            process,
            port,
            instructor=re.search(r"instructor: (\S+)", said)[1],
            student=re.search(r"student ada: (\S+)", said)[1],
        )
        if process.poll() is None:
            process.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail(
            "these tests need the program chromium: apt-get install chromium, then run them again",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[], Page]]:
    """Open a page as somebody new; what it shows is kept if the test fails."""
    failed, pages = request.session.testsfailed, []

    def new() -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(MILLISECONDS)
        pages.append(context.new_page())
        return pages[-1]

    yield new
    for number, page in enumerate(pages, start=1):
        if request.session.testsfailed > failed:
            page.screenshot(path=SCREENSHOTS / f"{request.node.name}-{number}.png")
        page.context.close()


def free_ports() -> int:
    """The first of two ports, one after the other, on which nothing listens."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def _until(process: subprocess.Popen[str], words: str) -> str:
    """What a program says, up to the line with ``words``."""
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"the lab has ended before it said {words!r}:\n{said}")
