"""Lets nbgrader check its own schema once.

It does so for the metadata of each cell, each time that it reads a notebook: a millisecond a cell.
"""

from __future__ import annotations

import functools
import json
from types import SimpleNamespace
from typing import Any


def check_once() -> None:
    """Give nbgrader a ``jsonschema.validate`` that knows which schemas it has checked."""
    from nbgrader.nbgraderformat import common

    common.jsonschema = SimpleNamespace(validate=validate)


def validate(instance: Any, schema: dict[str, Any]) -> None:
    """What ``jsonschema.validate`` does.

    Raises:
        jsonschema.ValidationError: the instance is not as the schema says.
        jsonschema.SchemaError: the schema is none.
    """
    from jsonschema.exceptions import best_match

    if (error := best_match(_validator(json.dumps(schema)).iter_errors(instance))) is not None:
        raise error


@functools.cache
def _validator(schema: str) -> Any:
    """The validator of a schema, which is checked."""
    from jsonschema.validators import validator_for

    known = json.loads(schema)
    kind = validator_for(known)
    kind.check_schema(known)
    return kind(known)
