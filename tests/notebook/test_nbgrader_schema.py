from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from nbgrader.nbgraderformat import MetadataValidator, ValidationError, common

from grader.notebook import nbgrader_schema
from tests import tiny

SCHEMA = {"type": "object", "properties": {"points": {"type": "number"}}, "required": ["points"]}


@pytest.mark.parametrize("instance", [{"points": "2"}, {}, []])
def test_it_says_what_jsonschema_says(instance: Any) -> None:
    with pytest.raises(jsonschema.ValidationError) as ours:
        nbgrader_schema.validate(instance, SCHEMA)
    with pytest.raises(jsonschema.ValidationError) as theirs:
        jsonschema.validate(instance, SCHEMA)
    assert str(ours.value) == str(theirs.value)


def test_a_schema_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    schema, checked = SCHEMA | {"title": "checked once"}, []
    kind = jsonschema.validators.validator_for(schema)
    monkeypatch.setattr(kind, "check_schema", lambda known: checked.append(known["title"]))
    for points in range(3):
        nbgrader_schema.validate({"points": points}, schema)
    assert checked == ["checked once"]


def test_what_is_no_schema_is_an_error() -> None:
    with pytest.raises(jsonschema.SchemaError):
        nbgrader_schema.validate({}, {"type": "nothing"})


def test_nbgrader_asks_here_and_refuses_what_it_refused() -> None:
    assert common.jsonschema.validate is nbgrader_schema.validate
    notebook = tiny.source()
    MetadataValidator().validate_nb(notebook)
    notebook.cells[2].metadata["nbgrader"]["solution"] = "yes"
    with pytest.raises(ValidationError, match="'yes' is not of type 'boolean'"):
        MetadataValidator().validate_nb(notebook)
