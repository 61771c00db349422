"""Installs the course's kernel for Jupyter, and reads the options of the installed one."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from grader.errors import ConfigurationError
from grader.language import ENGLISH, available

NAME = "course"
DISPLAY_NAME = "Deep learning course"
COURSE_DATA = "COURSE_DATA"
"""The environment variable that names the data folder, as in `grader.kernel`."""


def install(
    data: Path,
    prefix: Path = Path(sys.prefix),
    *,
    referee: str = "",
    referee_key: str = "",
    language: str = ENGLISH,
) -> Path:
    """Write the kernelspec ``course`` and return its folder; a second call writes the same files.

    The data folder is an argument and not in the kernelspec's ``env``: Jupyter puts that over the
    environment of the process that starts the kernel, and grading must be able to name another.

    Args:
        data: the data folder; it need not exist yet.
        referee: address of a referee that trains for this kernel; empty: Keras does.
        referee_key: its public key, where the address is ``tcp``.
        language: of messages in this kernel.
        prefix: the environment whose ``share/jupyter`` holds the kernelspec.

    Raises:
        ConfigurationError: the environment cannot be written, or there is no such language.
    """
    from ipykernel.kernelspec import write_kernel_spec
    from jupyter_client.kernelspec import KernelSpecManager

    if language not in available():
        raise ConfigurationError(
            f"there are no messages in {language!r}: expected one of {', '.join(available())}"
        )
    argv = _command(data, referee, referee_key, language)
    with tempfile.TemporaryDirectory() as work:
        spec = write_kernel_spec(
            Path(work) / NAME, overrides={"argv": argv, "display_name": DISPLAY_NAME}
        )
        try:
            folder = KernelSpecManager().install_kernel_spec(spec, NAME, prefix=str(prefix))
        except OSError as error:
            raise ConfigurationError(
                f"{prefix} cannot be written ({error.strerror}): install the course into an "
                "environment of your own, as `make` does, then run `grader kernel` again"
            ) from error
    return Path(folder)


def _command(data: Path, referee: str, referee_key: str, language: str) -> list[str]:
    """The kernelspec's ``argv``."""
    from ipykernel.kernelspec import make_ipkernel_cmd

    arguments = ["--referee", referee] if referee else []
    arguments += ["--referee-key", referee_key] if referee_key else []
    arguments += ["--language", language] if language != ENGLISH else []
    command: list[str] = make_ipkernel_cmd(
        mod="grader.kernel",
        extra_arguments=[*arguments, "--data", str(data.absolute())],
        # -P: a folder `grader` beside a notebook must not hide this package.
        # -Xfrozen_modules=off: as ipykernel has it, for its debugger.
        python_arguments=["-P", "-Xfrozen_modules=off"],
    )
    return command


def data_folder() -> Path:
    """The data folder of the installed kernel; ``$COURSE_DATA`` wins if it is set.

    Raises:
        ConfigurationError: the kernel is not installed.
    """
    named = _installed("--data", "data")
    return Path(os.environ.get(COURSE_DATA) or named)


def language() -> str:
    """The language of the installed kernel's messages.

    Raises:
        ConfigurationError: the kernel is not installed.
    """
    return _installed("--language", ENGLISH)


def _installed(option: str, default: str) -> str:
    """The value of an option of the installed kernel."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        argv = KernelSpecManager().get_kernel_spec(NAME).argv
    except NoSuchKernel:
        raise ConfigurationError(
            f"the kernel {NAME!r} is not installed: run `grader kernel`"
        ) from None
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument(option, dest="value", default=default)
    value: str = parser.parse_known_args(argv)[0].value
    return value
