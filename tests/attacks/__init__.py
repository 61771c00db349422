"""The attacks that docs/security.md names, run against the real pipeline and against nbgrader's."""
