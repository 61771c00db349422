from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

import pytest

from tests import tiny
from tests.hub.conftest import CLASS, INSTRUCTOR, STRANGER, STUDENTS, Classroom, password
from tests.hub.people import Person, RefusedError

pytestmark = [pytest.mark.xdist_group("hub"), pytest.mark.hub]  # one worker: one Hub

COURSE, EXCHANGE = CLASS["course"], f"{CLASS['exchange']}/{CLASS['course']}"
HOME = f"/home/{INSTRUCTOR}/{COURSE}"
ADA, BEN = STUDENTS

# A folder in the exchange that nbgrader did not make: later than any honest one.
_FORGED = f"{EXCHANGE}/inbound/{{}}+sums+2999-01-01 00:00:00.000000 UTC+forged"


def test_an_assignment_goes_out_and_comes_back(classroom: Classroom) -> None:
    ines, (ada, ben) = classroom.instructor, classroom.students
    button(ines, "assign")
    button(ines, "release")
    for student, total in ((ada, tiny.GOOD["total"]), (ben, "def total(numbers):\n    return 0")):
        assignment(student, "fetch")
        answer(student, {"add": tiny.GOOD["add"], "total": total})
        assignment(student, "submit")
    forge(classroom)
    log = button(ines, "collect")
    assert f"{PurePath(_FORGED.format(BEN)).name}: it belongs to {ADA}" in log
    assert "a symbolic link" in log
    graded = classroom.machine.run(["grader", "grade", "sums"], INSTRUCTOR, HOME)
    assert f"sums: {ADA} has 6 / 11, " in graded
    assert f"sums: {BEN} has 3 / 11, " in graded
    assert "without a sandbox" not in graded
    button(ines, "generate_feedback")
    button(ines, "release_feedback")
    for student, score in ((ada, 6), (ben, 3)):
        page = feedback(student)
        assert student.name in page
        assert f"<strong>{score}</strong> / 11 points" in page
        assert "BEGIN HIDDEN TESTS" not in page


def forge(classroom: Classroom) -> None:
    """What one student may put into the exchange by hand: a classmate's, and the instructor's."""
    machine, classmates, own = classroom.machine, _FORGED.format(BEN), _FORGED.format(ADA)
    machine.run(["cp", "-r", "sums", classmates], ADA)
    machine.run(["mkdir", own], ADA)
    machine.run(["ln", "-s", f"{HOME}/source/sums/sums.ipynb", own], ADA)


@pytest.mark.parametrize(
    "command",
    [
        f"ls /home/{BEN}",
        f"cat /home/{BEN}/.profile",
        f"touch /home/{BEN}/mine",
        f"cat {HOME}/source/sums/sums.ipynb",
        f"cat {HOME}/course_config.py",
        f"touch {HOME}/mine",
        f"ls {EXCHANGE}/inbound",
        f"ls {EXCHANGE}/feedback",
        f"touch {EXCHANGE}/feedback/mine",
        f"touch {EXCHANGE}/outbound/mine",
        f"mv {EXCHANGE} {EXCHANGE}.aside",
        "touch /srv/hub/mine",
        "cat /var/lib/jupyterhub/jupyterhub.sqlite",
        'touch "$(dirname "$(command -v python)")/mine"',
    ],
)
def test_a_student_is_kept_out(classroom: Classroom, command: str) -> None:
    done = classroom.machine.tried(["sh", "-c", command], ADA)
    assert done.returncode != 0, done.stdout
    assert "Permission denied" in done.stdout or "Operation not permitted" in done.stdout


@pytest.mark.parametrize(
    ("command", "who"),
    [
        (f"ls /home/{BEN} && cat /home/{BEN}/.profile && touch /home/{BEN}/mine", BEN),
        (f"cat {HOME}/source/sums/sums.ipynb {HOME}/course_config.py", INSTRUCTOR),
        (f"ls {EXCHANGE}/inbound {EXCHANGE}/feedback", INSTRUCTOR),
        ("cat /var/lib/jupyterhub/jupyterhub.sqlite", "root"),
        (f"ls {EXCHANGE}/outbound", ADA),
        ("python -c 'import grader.checks'", ADA),
    ],
)
def test_whose_it_is_is_not(classroom: Classroom, command: str, who: str) -> None:
    classroom.machine.run(["sh", "-c", f"({command}) | tail -c 1000"], who)


def test_a_submission_of_a_known_name_cannot_be_put_aside(classroom: Classroom) -> None:
    machine, folder = classroom.machine, f"{EXCHANGE}/inbound/{BEN}+other+now+known"
    machine.run(["mkdir", folder], BEN)
    for command in (["rmdir", folder], ["mv", folder, f"{folder}.aside"]):
        assert "Operation not permitted" in machine.tried(command, ADA).stdout
    machine.run(["rmdir", folder], INSTRUCTOR)


def test_a_student_has_no_formgrader(classroom: Classroom) -> None:
    assert classroom.instructor.get("formgrader/api/status") == {"status": True}
    for student in classroom.students:
        with pytest.raises(RefusedError, match="404"):
            student.get("formgrader/api/status")


def test_a_student_has_no_way_into_another_server(classroom: Classroom) -> None:
    ada, _ = classroom.students
    assert ada.get("api/contents")["type"] == "directory"
    for other in (BEN, INSTRUCTOR):
        with pytest.raises(RefusedError, match="403"):
            ada.get("api/contents", whose=other)


def test_only_the_class_may_log_in_and_only_with_a_password(classroom: Classroom) -> None:
    classroom.person(ADA)
    for name, secret in ((STRANGER, password(STRANGER)), (ADA, password(BEN))):
        with pytest.raises(RefusedError, match="403"):
            Person(classroom.address, name, secret)


def test_a_student_s_kernel_has_the_course_and_no_rights_but_the_student_s(
    classroom: Classroom,
) -> None:
    _, ben = classroom.students
    found = json.loads(
        ben.run(
            "import getpass, json, os, pathlib\n"
            "from grader import checks, datasets\n"
            "data = pathlib.Path(os.environ['COURSE_DATA'])\n"
            "(images, _), _ = datasets.load(data, 'mnist')\n"
            "found = [getpass.getuser(), images.shape, os.access(data, os.W_OK)]\n"
            "print(json.dumps(found))"
        )
    )
    assert found == [BEN, [60000, 28, 28], False]
    # Any account may listen to a TCP port of this machine, and so to what a kernel prints.
    runtime = f"/home/{BEN}/.local/share/jupyter/runtime"
    connection = classroom.machine.run(["sh", "-c", f"cat {runtime}/kernel-*.json"])
    assert json.loads(connection)["transport"] == "ipc"
    assert "Permission denied" in classroom.machine.tried(["ls", runtime], ADA).stdout


def button(ines: Person, step: str) -> str:
    """Press a button of the formgrader; what it wrote."""
    result = ines.post(f"formgrader/api/assignment/sums/{step}")
    assert result["success"], result
    return str(result["log"])


def assignment(student: Person, action: str) -> list[dict[str, Any]]:
    """Press a button of the assignment list; what is listed then."""
    result = student.post(f"assignments/{action}", course_id=COURSE, assignment_id="sums")
    assert result["success"], result
    found: list[dict[str, Any]] = result["value"]
    return found


def answer(student: Person, answers: dict[str, str]) -> None:
    """Write answers into the notebook that was fetched."""
    notebook = student.read("sums/sums.ipynb")
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    student.write("sums/sums.ipynb", notebook)


def feedback(student: Person) -> str:
    """Fetch the feedback, and read it in one's own home."""
    (own,) = [one for one in assignment(student, "fetch_feedback") if one["status"] == "submitted"]
    assert own["student_id"] == student.name
    (submission,) = own["submissions"]
    return str(student.read(f"{submission['local_feedback_path']}/sums.html"))
