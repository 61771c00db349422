"""The systemd unit: paths and words as systemd reads them."""

from __future__ import annotations

import configparser
import getpass
import os

import pytest

from grader.errors import ConfigurationError
from grader.settings import Settings
from grader.watch.systemd import _quoted, unit


def test_the_unit_names_course_account_and_command(tiny_course: Settings) -> None:
    text = unit(tiny_course, ["sums"])
    parsed = configparser.RawConfigParser(strict=True)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(text)
    service = dict(parsed["Service"])
    assert service["User"] == getpass.getuser()
    assert service["WorkingDirectory"] == str(tiny_course.root)
    assert service["ExecStart"].endswith(f"/grader --course {tiny_course.root} watch sums")
    assert service["Environment"] == f"XDG_RUNTIME_DIR=/run/user/{os.getuid()}"
    assert f"-{tiny_course.root}" in service["ReadWritePaths"].split()
    assert "-/usr/local/share/nbgrader/exchange" in service["ReadWritePaths"].split()


def test_nothing_is_set_that_bubblewrap_or_a_gpu_cannot_bear(tiny_course: Settings) -> None:
    lines = [line for line in unit(tiny_course, []).splitlines() if not line.startswith("#")]
    names = {line.partition("=")[0] for line in lines}
    assert not names & {
        "RestrictNamespaces",
        "ProtectProc",
        "ProcSubset",
        "ProtectKernelTunables",
        "ProtectKernelLogs",
        "ProtectControlGroups",
        "ProtectHostname",
        "PrivateUsers",
        "PrivateDevices",
        "ProtectClock",
        "SystemCallFilter",
        "MemoryDenyWriteExecute",
    }


@pytest.mark.parametrize(
    ("word", "quoted"),
    [("/a/b", "/a/b"), ("/a b", '"/a b"'), ("50%", "50%%"), ('a"b', '"a\\"b"')],
)
def test_words_are_quoted_for_systemd(word: str, quoted: str) -> None:
    assert _quoted(word) == quoted


def test_an_unknown_account_is_named(tiny_course: Settings) -> None:
    with pytest.raises(ConfigurationError, match="no account 'nobody-here'"):
        unit(tiny_course, [], user="nobody-here")
