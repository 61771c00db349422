"""Checks of installed packages: TensorFlow, the course's packages, nbgrader's programs.

Packages are checked in a separate process, so that one that crashes is a finding.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

from grader import course_packages, machine
from grader.doctor.findings import Finding, Status
from grader.errors import GraderError
from grader.settings import Settings

INSTALL = "reinstall the course's packages: make clean demo"
LAB_EXTENSION = "@jupyter/nbgrader"
PAGES = ("formgrader", "assignment-list", "course-list", "validate-assignment")


def tensorflow(_: Settings) -> Finding:
    """Whether TensorFlow starts, and on which devices it computes."""
    try:
        described = elsewhere(describe_tensorflow)
    except GraderError as error:
        return Finding(Status.MISSING, f"does not start: {error}", INSTALL)
    versions = f"TensorFlow {described['tensorflow']}, Keras {described['keras']}"
    gpus = ", ".join(described["gpus"]) or "no GPU"
    return Finding(Status.OK, f"{versions}; {described['cores']} CPU cores, {gpus}")


def alembic(_: Settings) -> Finding:
    """Whether nbgrader will find the program that makes its gradebook."""
    program = shutil.which("alembic")
    if program is None:
        return Finding(Status.MISSING, "not on PATH: nbgrader can make no gradebook", INSTALL)
    return Finding(Status.OK, program)


def jupyterlab(_: Settings) -> Finding:
    """Whether nbgrader's pages are to be had in JupyterLab."""
    off: dict[str, str] = elsewhere(remedies_for_extensions)
    if not off:
        return Finding(Status.OK, f"nbgrader's {', '.join(PAGES)} enabled")
    return Finding(Status.MISSING, f"not enabled: {', '.join(off)}", "\n".join(off.values()))


def of_course(settings: Settings) -> Finding:
    """Whether the packages are installed that the course's exercises use."""
    if settings.packages is None:
        return Finding(Status.OK, "none named: exercises use what the grader brings")
    if found := course_packages.problems(settings):
        return Finding(Status.MISSING, "; ".join(found), "grader packages")
    versions = course_packages.installed(settings)
    return Finding(Status.OK, ", ".join(f"{name} {version}" for name, version in versions.items()))


def describe_tensorflow() -> dict[str, Any]:
    """Versions, CPU cores and names of GPUs; to be called ``elsewhere``."""
    import keras
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    named = [tf.config.experimental.get_device_details(gpu).get("device_name") for gpu in gpus]
    return {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "cores": machine.cores(),
        "gpus": [name or gpu.name for name, gpu in zip(named, gpus, strict=True)],
    }


def remedies_for_extensions() -> dict[str, str]:
    """The command that turns it on, for each extension that is off; to be called ``elsewhere``.

    A page of nbgrader's is one plugin of its JupyterLab extension and one extension of the server.

    Raises:
        ImportError: an extension of the server is enabled and broken.
    """
    from jupyter_core.paths import jupyter_config_path, jupyter_path
    from jupyter_server.extension.config import ExtensionConfigManager
    from jupyterlab_server.config import get_page_config

    page = get_page_config(jupyter_path("labextensions"))
    if LAB_EXTENSION not in {extension["name"] for extension in page["federated_extensions"]}:
        return {LAB_EXTENSION: INSTALL}
    remedies = {
        name: f"jupyter labextension enable {name}"
        for name in (LAB_EXTENSION, *(f"{LAB_EXTENSION}:{page}" for page in PAGES))
        if name in page["disabledExtensions"]
    }
    server = ExtensionConfigManager(read_config_path=jupyter_config_path())
    for name in PAGES:
        module = f"nbgrader.server_extensions.{name.replace('-', '_')}"
        if server.enabled(module):  # type: ignore[no-untyped-call]  # of a typed package
            importlib.import_module(module)
        else:
            remedies[module] = f"jupyter server extension enable --sys-prefix {module}"
    return remedies


def elsewhere(
    function: Callable[[], dict[str, Any]],
    seconds: float = 120,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Call a function of a module's top level in a fresh process of this Python.

    Args:
        function: takes nothing, returns what JSON can hold.
        seconds: wall time that it may take.
        environment: variables for its process, besides ours.

    Raises:
        GraderError: it raised, crashed, or took too long; says what its process said last.
    """
    module = function.__module__
    code = f"import json, {module}; print(json.dumps({module}.{function.__name__}()))"
    try:
        # -P: a file of the current folder must not stand in for a package.
        process = subprocess.run(
            [sys.executable, "-P", "-c", code],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **(environment or {})},
        )
    except subprocess.TimeoutExpired as error:
        raise GraderError(f"no answer within {seconds:g} s") from error
    if process.returncode < 0:
        raise GraderError(f"crashed: {signal.Signals(-process.returncode).name}")
    if process.returncode:
        raise GraderError((process.stderr.strip().splitlines() or ["no reason given"])[-1])
    answer: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    return answer
