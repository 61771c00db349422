"""A class graded by stock nbgrader, by Otter-Grader, and by this grader: ``make bench``."""
