"""``grader mark``: a page of this machine on which a person marks written answers."""
