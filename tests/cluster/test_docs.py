"""What docs/cluster.md tells to type exists, and its configuration can be read."""

from __future__ import annotations

import json
import re
import shlex

import click
import pytest
import yaml

from grader.cli.group import main
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "cluster.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Every ``grader ...`` in the page's blocks, as words."""
    joined = [text.replace("\\\n", " ") for kind, text in BLOCKS if kind == "sh"]
    lines = [line for text in joined for line in text.splitlines() if not line.startswith("#")]
    found = [re.search(r"(?:^|[ /])grader ((?:scheduler|worker|grade) .*)", line) for line in lines]
    in_yaml = [json.loads(f"[{args}]") for args in _yaml_commands()]
    return [shlex.split(match[1]) for match in found if match] + in_yaml


def _yaml_commands() -> list[str]:
    (content,) = (text for kind, text in BLOCKS if kind == "yaml")
    (pod,) = yaml.safe_load(content)["spec"]["template"]["spec"]["containers"]
    return [json.dumps(pod["command"][1:])[1:-1]]


def test_the_page_shows_each_command() -> None:
    assert {words[0] for words in commands()} == {"scheduler", "worker", "grade"}


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_a_command_and_its_options_exist(words: list[str]) -> None:
    command = main.commands[words[0]]
    context = click.Context(command, info_name=words[0])
    command.parse_args(context, words[1:])  # raises where it knows an option or a word not
