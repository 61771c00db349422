"""What another process answers to the doctor; a module that is quick to import."""

from __future__ import annotations

import os
import signal
import time
from typing import Any


def answer() -> dict[str, Any]:
    print("a package greets")
    return {"pid": os.getpid()}


def fail() -> dict[str, Any]:
    raise ImportError("libcudnn.so is not to be found")


def crash() -> dict[str, Any]:
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}


def dawdle() -> dict[str, Any]:
    time.sleep(60)
    return {}
