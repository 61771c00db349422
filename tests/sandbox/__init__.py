"""Tests of the sandbox, most of them in real ones."""
