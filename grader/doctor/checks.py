"""Everything that ``grader doctor`` looks at, in the order of its table."""

from __future__ import annotations

from grader.doctor import course, machine, packages, referee
from grader.doctor.findings import Check

CHECKS = (
    Check("Python", machine.python),
    Check("disk space", machine.disk_space),
    Check("free memory", machine.free_memory, needed=False),
    Check("sandbox", machine.sandbox, slow=True),
    Check("warm kernels", machine.warm_kernels, needed=False, slow=True),
    Check("memory bound", machine.bound, needed=False),
    Check("TensorFlow", packages.tensorflow, slow=True),
    Check("course's packages", packages.of_course),
    Check("alembic", packages.alembic),
    Check("data sets", course.data_sets),
    Check("referee", referee.trains, slow=True),
    Check("runs", referee.runs),
    Check("course kernel", course.course_kernel),
    Check("gradebook", course.gradebook),
    Check("exchange", course.exchange, needed=False),
    Check("JupyterLab", packages.jupyterlab, needed=False, slow=True),
)
