"""Makes the pictures of ``docs/pictures.md`` again: ``python -m tests.pictures [FOLDER]``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from grader import cli, settings
from grader.classroom import course_copy
from grader.notebook import samples
from grader.notebook.submission import paths
from grader.settings import Settings
from tests.browser.conftest import FLAGS
from tests.conftest import ROOT
from tests.pictures import pages, terminal
from tests.pictures.sights import SIGHTS, Sight

PICTURES = ROOT / "docs" / "pictures"
SAMPLES = ROOT / "tests" / "submissions" / pages.EXERCISE
LANGUAGES = ("en", "ar")
SHOWN = "ben"  # whose feedback is on pictures
CLASS = {
    "ada": "reference",
    SHOWN: "not_clipped",
    "cleo": "pool_syntax_error",
    "dan": "untouched",
    "eve": "loops",
}


def main(pictures: Path) -> None:
    """Grade a small class, write every page, and look at each of them."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        courses = {code: _class(folder / code, code) for code in LANGUAGES}
        english = courses["en"].root
        notebook = pages.write_notebook(folder)
        pages.write_report(folder)
        terminal.write(folder, "grade", ["grade", pages.EXERCISE], english)
        terminal.write(folder, "status", ["status"], english)
        for code, course in courses.items():
            (folder / f"feedback_{code}.html").write_text(_feedback(course))
        terminal.write(folder, "check", ["check", notebook.name], notebook.parent)
        pictures.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            program = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            for sight in SIGHTS:
                print(_taken(browser, sight, folder, pictures))
            browser.close()


def _class(folder: Path, code: str) -> Settings:
    """A copy of the course, in a language, with the work of five students."""
    more = f'\nc.Course.language = "{code}"\n'
    course = course_copy.copy(settings.load(ROOT), folder, more)
    for student, name in CLASS.items():
        samples.hand_in(course, pages.EXERCISE, samples.load(SAMPLES / name), student)
    return course


def _feedback(course: Settings) -> str:
    """The feedback page of one student, graded if need be."""
    for command in ("grade", "feedback"):
        arguments = ["--course", str(course.root), command, pages.EXERCISE, "--student", SHOWN]
        cli.main(arguments, standalone_mode=False)
    folder = paths.submission(course, SHOWN, pages.EXERCISE).feedback
    return (folder / f"{pages.EXERCISE}.html").read_text()


def _taken(browser: Browser, sight: Sight, pages_folder: Path, pictures: Path) -> Path:
    """Take one picture; with 64 colours it has a quarter of the bytes, and shows the same."""
    page = browser.new_page(
        viewport={"width": sight.width, "height": sight.height or 300},
        color_scheme="dark" if sight.dark else "light",
    )
    page.goto((pages_folder / sight.page).as_uri())
    file = pictures / f"{sight.name}.png"
    page.screenshot(path=file, full_page=not sight.height)
    page.close()
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(64).save(file, optimize=True)
    return file


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else PICTURES)
