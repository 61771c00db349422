"""What works on this machine and what does not, each with its remedy.

Process: your shell.
Touches: nothing that stays: it looks, starts a sandbox, and removes what it tried with.
"""

from grader.doctor.checks import CHECKS
from grader.doctor.examination import examine
from grader.doctor.findings import Check, Finding, Status
from grader.doctor.table import findings_table, grading_works

__all__ = ["CHECKS", "Check", "Finding", "Status", "examine", "findings_table", "grading_works"]
