"""What the server that judges are forked from does once, instead of each judge.

Importing this module does it. Nothing here starts a thread or computes with Keras: a process that
has could not be forked.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import pkgutil
import warnings

import nbformat.v4
import numpy.ma
import numpy.random  # noqa: F401
import PIL.Image
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from grader.notebook.judging import judge_main  # noqa: F401 -- with all that judging imports
from grader.sandbox.memory import memory_bound
from grader.sandbox.processes import adopt_orphans

# Collections are more than a quarter of the time that importing Keras takes, which is next. Each
# judge enables them for itself.
gc.disable()

_CHECKS = "grader.checks"  # by name: test cells import them, the judge does not
for _found in pkgutil.iter_modules(importlib.import_module(_CHECKS).__path__):
    importlib.import_module(f"{_CHECKS}.{_found.name}")
PIL.Image.preinit()  # imports what reads and writes the usual pictures
nbformat.v4.new_output("stream")  # compiles the schema that outputs are checked against
KernelProvisionerFactory.instance()  # reads the metadata of all installed packages
with contextlib.suppress(OSError):  # each judge then finds it for itself, or says what is missing
    memory_bound()  # makes a control group to try it, which takes 30 ms
adopt_orphans()  # what a judge that was killed has started: the server reaps it
warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")  # and says so
