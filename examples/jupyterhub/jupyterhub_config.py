"""The Hub for one course on one machine: who may log in, and what each server shows.

People are accounts of this machine and log in with its passwords (PAM). class.toml beside this file
says who they are.
"""

import os
import sys
import tomllib
from pathlib import Path

c = get_config()

HERE = Path(__file__).resolve().parent
PROGRAMS = Path(sys.executable).parent  # of the environment that the Hub runs in
CLASS = tomllib.loads((HERE / "class.toml").read_text())
INSTRUCTOR, STUDENTS = CLASS["instructor"], CLASS["students"]

# -- the way in --------------------------------------------------------------------------------
# For this machine alone: what the world reaches is a web server in front that speaks TLS.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.ConfigurableHTTPProxy.command = [str(PROGRAMS / "configurable-http-proxy")]

# -- who ---------------------------------------------------------------------------------------
c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allowed_users = {INSTRUCTOR, *STUDENTS}

# nbgrader's JupyterHubAuthPlugin knows a course's people by groups of these names.
c.JupyterHub.load_groups = {
    f"formgrade-{CLASS['course']}": {"users": [INSTRUCTOR]},
    f"nbgrader-{CLASS['course']}": {"users": STUDENTS},
}
# It asks as the server of whoever uses it, which may not know even its own groups by default.
c.JupyterHub.load_roles = [
    {
        "name": "server",
        "scopes": [
            "users:activity!user",
            "access:servers!server",
            "read:users:name!user",
            "read:users:groups!user",
        ],
    }
]

# -- each person's server: a process of their own account --------------------------------------
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [str(PROGRAMS / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"


def settings_of(spawner):
    """Folders of Jupyter's configuration; what stands first wins, also over a person's own."""
    role = "instructor" if spawner.user.name == INSTRUCTOR else "student"
    return f"{HERE / role}:{HERE / 'everyone'}"


c.Spawner.environment = {
    "JUPYTER_CONFIG_PATH": settings_of,
    # nbgrader starts alembic, and people in a terminal grader, as programs.
    "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
}
