"""nbgrader looks for a file of this name; the course's settings stand in course_config.py."""

load_subconfig("course_config.py")
