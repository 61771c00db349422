"""Everything that works with nbgrader and its notebooks; no other package imports nbgrader.

Process: grader grade, nbgrader.
Touches: the course's folders and nbgrader's gradebook.
"""

from grader.notebook import light_nbformat, light_nbgrader, moved, nbgrader_schema

light_nbformat.import_nbformat()
light_nbgrader.import_nbgrader()
nbgrader_schema.check_once()
moved.register()
