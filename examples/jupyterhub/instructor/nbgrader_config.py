"""Where the formgrader finds the course: in the instructor's home, in a folder of its name."""

import tomllib
from pathlib import Path

c = get_config()

CLASS = tomllib.loads((Path(__file__).resolve().parents[1] / "class.toml").read_text())

c.CourseDirectory.root = str(Path.home() / CLASS["course"])
