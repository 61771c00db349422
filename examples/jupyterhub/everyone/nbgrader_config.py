"""What nbgrader needs to know in every server of the Hub, whoever's it is."""

import tomllib
from pathlib import Path

from grader.student.validation import use_in_nbgrader

c = get_config()

CLASS = tomllib.loads((Path(__file__).resolve().parents[1] / "class.toml").read_text())

c.CourseDirectory.course_id = CLASS["course"]
c.Exchange.root = CLASS["exchange"]
# Only who is in one of the course's groups in the Hub may fetch its assignments.
c.Authenticator.plugin_class = "nbgrader.auth.JupyterHubAuthPlugin"
# Validate shows a table of all claims, in place of tests and tracebacks.
use_in_nbgrader()
