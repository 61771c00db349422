"""The page that a student reads after grading."""
