"""The course: where things lie, what is graded, and how long it may take.

Both nbgrader (through nbgrader_config.py) and the ``grader`` command read this file.
"""

from grader.notebook.plugins import FORMGRADER_PAGE
from grader.student.validation import use_in_nbgrader

c = get_config()

# -- the course -------------------------------------------------------------------------------
c.CourseDirectory.course_id = "deep_learning"
c.Course.assignments = ["cnn_exploration", "convolution_from_scratch", "mnist_998"]

# What people read in place of an assignment's name, if not the first heading of its notebook; and
# what it is about:
# c.Course.titles = {"mnist_998": "A network that knows when to stop"}
c.Course.descriptions = {
    "cnn_exploration": "A dense network, a convolutional one, and what the second one sees.",
    "convolution_from_scratch": "Convolution, line filters and max pooling, in Python and numpy.",
    "mnist_998": "99.8 % training accuracy on MNIST, and a callback that ends the training.",
}

# The folder of MNIST and Fashion-MNIST, made by `grader data`; relative to this file.
c.Course.data = "data"

# A requirements file of packages that exercises use, relative to this file; `grader packages`
# installs it: c.Course.packages = "packages.txt"

# -- who trains: the referee -------------------------------------------------------------------
# While a submission is graded, its trainings are carried out by a process of the course's. "local":
# on this machine, with this backend of Keras ("tensorflow", "jax" or "torch"). Or the address of a
# worker that `grader referee` runs elsewhere, and the key that it prints; see docs/referee.md.
c.Course.referee = "local"
c.Course.referee_key = ""
c.Course.backend = "tensorflow"

# Trainings side by side in a local referee; 0: as many as cores and memory suggest.
c.Course.referee_trainers = 0

# The folder of what was trained; relative to this file. What is in it is not trained again.
c.Course.runs = "runs"

# For all assignments ("*") or one; the fields are those of grader.model.Budget.
c.Course.budgets = {
    "*": {"epochs": 30, "trainings": 20},
    "mnist_998": {"epochs": 20},
}

# The training accuracy that an assignment asks for: feedback and reports draw it into their curves.
c.Course.targets = {"mnist_998": 0.998}

# -- collecting ------------------------------------------------------------------------------
# From nbgrader's exchange, and from the archives of a learning platform (`nbgrader zip_collect`):
# only ordinary files, not too many.
c.ExchangeFactory.collect = "grader.notebook.plugins.CarefulCollect"
c.ZipCollectApp.extractor_plugin = "grader.notebook.plugins.CarefulExtractor"

# -- where student code runs, and what it may use up -------------------------------------------
# "none" is for an instructor's own trusted files, on a machine without bubblewrap.
c.Course.sandbox = "bubblewrap"

# Kernels are forked from a process that has imported what an assignment's notebook imports; False
# starts each alone, seconds later. c.Course.warm_imports = ["numpy"] names other modules.
c.Course.warm_kernels = True

# For all assignments ("*") or one; the fields are those of grader.model.Limits. What the referee
# takes for trainings does not count.
c.Course.limits = {
    "*": {"cell_seconds": 120, "submission_seconds": 600},
    # Honest loops in pure Python take up to 4 s a claim on a loaded machine: docs/grading.md.
    "convolution_from_scratch": {"cell_seconds": 40, "submission_seconds": 300},
    "cnn_exploration": {"cell_seconds": 300, "submission_seconds": 1200},
    "mnist_998": {"cell_seconds": 300, "submission_seconds": 1200},
}

# Submissions that are graded at once; 0: as many as cores and memory allow. See docs/grading.md.
c.Course.workers = 0

# -- preliminary feedback -----------------------------------------------------------------------
# How `grader watch` answers; the fields are those of grader.model.WatchRules, see docs/watch.md.
c.Course.watch = {"hidden_claims": "nothing", "answers_per_hour": 6, "pause_seconds": 120}

# -- what students get in place of a solution -------------------------------------------------
# It is what a claim ends with whose cell was not written yet: so it says what to do.
c.ClearSolutions.code_stub = {
    "python": "# YOUR CODE HERE\n"
    'raise NotImplementedError("Not written yet: replace this line by your solution, '
    'then run the cell again.")'
}

# The hints in solution cells travel in the released notebook, and %hint shows them.
c.GenerateAssignment.preprocessors.insert(0, "grader.notebook.plugins.CollectHints")

# True, and a new release: students hand in hints_read.txt, which lists the hints that they have
# read, and `grader report` counts them. Students are told.
c.Course.record_hints = False

# -- grading: the seam with nbgrader ----------------------------------------------------------
# `grader grade`, `nbgrader autograde` and the formgrader's button all go through these lists.
c.Autograde.exporter_class = "grader.notebook.plugins.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "grader.notebook.plugins.RebuildNotebook",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "grader.notebook.plugins.JudgeClaims",
    "nbgrader.preprocessors.LimitOutput",
    "grader.notebook.plugins.SaveVerdicts",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# -- feedback: the page that students get to read ---------------------------------------------
# `grader feedback`, `nbgrader generate_feedback` and the formgrader's button make the same page.
# nbgrader's own would show tests and tracebacks, and run scripts from a student's output.
c.GenerateFeedback.exporter_class = "grader.notebook.plugins.FeedbackExporter"
c.GenerateFeedback.preprocessors = []

# -- the Validate button: it runs a whole notebook in the server, and a training takes minutes ----
c.Execute.timeout = 2400
# It shows a table of all claims, as %check does, in place of tests and tracebacks.
use_in_nbgrader()

# -- the formgrader: a student's Markdown must not run in the instructor's browser ------------
c.HTMLExporter.filters = {"markdown2html": "grader.notebook.plugins.markdown"}
c.HTMLExporter.sanitize_html = True
# Long lines of verdicts, hints and code wrap: nbgrader's own page cuts them.
c.HTMLExporter.template_file = FORMGRADER_PAGE
# It would print this configuration above the list of assignments.
c.FormgradeExtension.debug = False
