"""Stands for what could not be imported, until it is used."""

from __future__ import annotations

from typing import Any, NoReturn


class Missing:
    """A name that could not be imported: each use of it raises the error of its import."""

    def __init__(self, message: str) -> None:
        object.__setattr__(self, "_message", message)

    def __getattr__(self, name: str) -> NoReturn:
        raise ModuleNotFoundError(object.__getattribute__(self, "_message"))

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        """Say that it is not there."""
        raise ModuleNotFoundError(object.__getattribute__(self, "_message"))
