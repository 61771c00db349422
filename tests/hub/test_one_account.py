"""What can be tried of the Hub where all are one account; as root, test_hub.py tries more."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial

import pytest
from traitlets.config import PyFileConfigLoader

from grader.doctor import packages
from tests.hub import machine
from tests.hub.conftest import CLASS, EXAMPLE, INSTRUCTOR, STRANGER, STUDENTS, hub
from tests.hub.people import Person, RefusedError

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.hub]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Hub with its dummy authenticator, for which any password will do."""
    if os.geteuid() == 0:
        pytest.skip("root: test_hub.py tries this with real accounts and passwords")
    folder = tmp_path_factory.mktemp("hub")
    shutil.copytree(EXAMPLE, folder / "config")
    described = folder / "config" / "class.toml"
    described.write_text(described.read_text().replace(CLASS["exchange"], str(folder / "exchange")))
    (folder / "exchange" / CLASS["course"] / "outbound" / "sums").mkdir(parents=True)
    start = partial(subprocess.Popen, cwd=folder, text=True, env=machine.environment())
    one_account = (
        "--JupyterHub.authenticator_class=dummy",
        "--JupyterHub.spawner_class=simple",
        f"--SimpleLocalProcessSpawner.home_dir_template={folder}/{{username}}",
    )
    with hub(start, folder / "config", folder / "log", *one_account) as found:
        yield found


def test_each_has_the_pages_of_a_role(address: str) -> None:
    ines, ada = (Person(address, name, "") for name in (INSTRUCTOR, STUDENTS[0]))
    for person in (ines, ada):
        person.start_server()
    listed = ada.get(f"assignments?course_id={CLASS['course']}")
    assert [one["assignment_id"] for one in listed["value"]] == ["sums"]
    assert ines.get("formgrader/api/status") == {"status": True}
    with pytest.raises(RefusedError, match="404"):
        ada.get("formgrader/api/status")
    with pytest.raises(RefusedError, match="403"):
        ada.get("api/contents", whose=INSTRUCTOR)


def test_who_is_not_in_the_class_stays_outside(address: str) -> None:
    with pytest.raises(RefusedError, match="403"):
        Person(address, STRANGER, "")


@pytest.mark.parametrize(
    ("role", "off"),
    [("instructor", set()), ("student", {"formgrader", "course-list"})],
)
def test_a_role_turns_pages_off(role: str, off: set[str]) -> None:
    environment = {"JUPYTER_CONFIG_PATH": f"{EXAMPLE / role}:{EXAMPLE / 'everyone'}"}
    found = packages.elsewhere(packages.remedies_for_extensions, environment=environment)
    labs = {f"{packages.LAB_EXTENSION}:{page}" for page in off}
    servers = {f"nbgrader.server_extensions.{page.replace('-', '_')}" for page in off}
    assert set(found) == labs | servers


def test_the_hub_knows_the_class() -> None:
    config = PyFileConfigLoader("jupyterhub_config.py", path=str(EXAMPLE)).load_config()
    course = CLASS["course"]
    assert config.JupyterHub.load_groups == {
        f"formgrade-{course}": {"users": [INSTRUCTOR]},
        f"nbgrader-{course}": {"users": STUDENTS},
    }
    assert config.Authenticator.allowed_users == {INSTRUCTOR, *STUDENTS}
