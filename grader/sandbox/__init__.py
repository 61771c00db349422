"""Where a student's code runs: no network, no tests, nothing of others, and limits on the rest."""
