"""Benchmarks of grading, trainings, questions and the store; ``README.md`` lists the commands."""
