"""The options that course_config.py may set as ``c.Course``, with their types and defaults."""

from __future__ import annotations

import traitlets
from traitlets.config import Configurable


class Course(Configurable):
    """The options of a course; ``grader.settings`` checks them and reads them into ``Settings``."""

    assignments = traitlets.List(
        traitlets.Unicode(), help="Names of the assignments, in the order of the course."
    ).tag(config=True)
    titles = traitlets.Dict(
        value_trait=traitlets.Unicode(),
        key_trait=traitlets.Unicode(),
        help="What people read in place of an assignment's name; else its notebook's heading.",
    ).tag(config=True)
    descriptions = traitlets.Dict(
        value_trait=traitlets.Unicode(),
        key_trait=traitlets.Unicode(),
        help="What an assignment is about, in a sentence, for feedback and reports.",
    ).tag(config=True)
    data = traitlets.Unicode("data", help="Folder of the data sets.").tag(config=True)
    runs = traitlets.Unicode("runs", help="Folder of the referee's runs.").tag(config=True)
    limits = traitlets.Dict(
        value_trait=traitlets.Dict(),
        key_trait=traitlets.Unicode(),
        help="What a submission may use up: assignment, or * for all, to fields of Limits.",
    ).tag(config=True)
    budgets = traitlets.Dict(
        value_trait=traitlets.Dict(),
        key_trait=traitlets.Unicode(),
        help="What its trainings may cost: assignment, or * for all, to fields of Budget.",
    ).tag(config=True)
    targets = traitlets.Dict(
        value_trait=traitlets.Float(min=0.0, max=1.0),
        key_trait=traitlets.Unicode(),
        help="The training accuracy that an assignment asks for, if it asks for one.",
    ).tag(config=True)
    referee = traitlets.Unicode(
        "local", help="Who trains: local, or the address of a worker, ipc:// or tcp://."
    ).tag(config=True)
    referee_key = traitlets.Unicode(
        "", help="The public key of a worker on another machine; `grader referee` prints it."
    ).tag(config=True)
    backend = traitlets.Enum(
        ["tensorflow", "jax", "torch"], "tensorflow", help="Keras' backend in a local referee."
    ).tag(config=True)
    referee_trainers = traitlets.Int(
        0, min=0, help="Trainings side by side in a local referee; 0: by cores and memory."
    ).tag(config=True)
    sandbox = traitlets.Enum(
        ["bubblewrap", "none"],
        "bubblewrap",
        help="Where student code runs; none is for an instructor's own trusted files.",
    ).tag(config=True)
    warm_kernels = traitlets.Bool(
        True, help="Whether student kernels are forked from a process that has imported much."
    ).tag(config=True)
    warm_imports = traitlets.List(
        traitlets.Unicode(),
        help="What that process has imported; what the assignment's notebook imports if empty.",
    ).tag(config=True)
    packages = traitlets.Unicode(
        "",
        help="A requirements file of what exercises use; `grader packages` installs it.",
    ).tag(config=True)
    workers = traitlets.Int(
        0, min=0, help="Submissions that are graded at once; 0: as many as cores and memory allow."
    ).tag(config=True)
    cluster_key = traitlets.Unicode(
        "cluster.pem", help="The key of the cluster that `grader grade --cluster` uses."
    ).tag(config=True)
    language = traitlets.Unicode(
        "en", help="The language of messages to students: en, or one that has a catalog."
    ).tag(config=True)
    record_hints = traitlets.Bool(
        False, help="Whether students hand in, with their work, which hints they have read."
    ).tag(config=True)
    watch = traitlets.Dict(
        key_trait=traitlets.Unicode(), help="How `grader watch` answers: fields of WatchRules."
    ).tag(config=True)
