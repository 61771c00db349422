"""The course: where things lie, what is graded, and how long it may take.

Both nbgrader (through nbgrader_config.py) and the ``grader`` command read this file.
"""

c = get_config()

# -- the course -------------------------------------------------------------------------------
c.CourseDirectory.course_id = "deep_learning"
c.Course.assignments = ["cnn_exploration", "convolution_from_scratch", "mnist_998"]

# The folder of MNIST and Fashion-MNIST, made by `grader data`; relative to this file.
c.Course.data = "data"

# -- limits -----------------------------------------------------------------------------------
# Wall seconds for one cell of a student's; a training on two CPU cores takes minutes.
c.Course.cell_seconds = 120
c.Course.training_seconds = {"cnn_exploration": 1200, "mnist_998": 2400}

# -- grading: the seam with nbgrader ----------------------------------------------------------
# `grader grade`, `nbgrader autograde` and the formgrader's button all go through these lists.
c.Autograde.sanitize_preprocessors = [
    "grader.notebook.preprocessors.RebuildNotebook",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "grader.notebook.preprocessors.JudgeClaims",
    "nbgrader.preprocessors.LimitOutput",
    "grader.notebook.preprocessors.SaveVerdicts",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
