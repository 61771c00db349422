"""Asks questions, which run an event loop, from test cells that run one themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


def asking_outside(ask: Callable[..., Any]) -> Callable[..., Any]:
    """``ask``, which may run an event loop although the test's own is running: that one waits."""

    def asked(*question: Any) -> Any:
        running = asyncio._get_running_loop()
        asyncio._set_running_loop(None)
        try:
            return ask(*question)
        finally:
            asyncio._set_running_loop(running)

    return asked
