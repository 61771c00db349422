"""The systemd unit of the service."""

from __future__ import annotations

import getpass
import pwd
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.errors import ConfigurationError
from grader.notebook import exchange
from grader.settings import Settings

_UNIT = """\
# Save as /etc/systemd/system/grader-watch.service, then:
#   systemctl daemon-reload && systemctl enable --now grader-watch
#   journalctl --unit grader-watch --follow
[Unit]
Description=Preliminary feedback for the course in {course}
After=network.target

[Service]
Type=exec
User={user}
WorkingDirectory={course}
ExecStart={command}
Restart=on-failure
RestartSec=10
# It ends within seconds of SIGTERM; what was being tested comes again at the next start.
KillMode=mixed
TimeoutStopSec=60

# Each sandbox gets a control group from the account's own systemd, which bounds its memory. Once:
#   loginctl enable-linger {user}
Environment=XDG_RUNTIME_DIR=/run/user/{uid}
OOMPolicy=continue

# bubblewrap makes namespaces and mounts /proc in them. So these stay unset: RestrictNamespaces=,
# ProtectProc=, ProcSubset=, ProtectKernelTunables=, ProtectKernelLogs=, ProtectControlGroups=,
# ProtectHostname=, PrivateUsers=, SystemCallFilter= (the sandbox has a filter of its own), and for
# a referee with a GPU ProtectClock= and PrivateDevices=.
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
PrivateTmp=yes
ProtectKernelModules=yes
RestrictRealtime=yes
LockPersonality=yes
UMask=0022

[Install]
WantedBy=multi-user.target
"""


def unit(settings: Settings, names: Sequence[str], user: str = "") -> str:
    """The text of the unit.

    Args:
        settings: the course.
        names: what is watched.
        user: the account that it runs as; this one, if left out.

    Raises:
        ConfigurationError: there is no such account.
    """
    user = user or getpass.getuser()
    try:
        uid = pwd.getpwnam(user).pw_uid
    except KeyError:
        raise ConfigurationError(f"there is no account {user!r} on this machine") from None
    course = settings.root
    command = [str(Path(sys.executable).parent / "grader"), "--course", str(course), "watch"]
    writable = dict.fromkeys([course, settings.runs, exchange.root(settings)])
    return _UNIT.format(
        course=_escaped(str(course)),
        user=user,
        uid=uid,
        command=" ".join(_quoted(word).replace("$", "$$") for word in [*command, *names]),
        # The minus: a folder that is not there yet is no reason not to start.
        writable=" ".join(_quoted(f"-{path}") for path in writable),
    )


def _quoted(word: str) -> str:
    """A word for systemd, in which it replaces and splits nothing."""
    word = _escaped(word).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{word}"' if any(c in word for c in " \\\"'\t") else word


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
