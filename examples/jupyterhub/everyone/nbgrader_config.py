"""What nbgrader needs to know in every server of the Hub, whoever's it is."""

import tomllib
from pathlib import Path

c = get_config()

CLASS = tomllib.loads((Path(__file__).resolve().parents[1] / "class.toml").read_text())

c.CourseDirectory.course_id = CLASS["course"]
c.Exchange.root = CLASS["exchange"]
# Only who is in one of the course's groups in the Hub may fetch its assignments.
c.Authenticator.plugin_class = "nbgrader.auth.JupyterHubAuthPlugin"
