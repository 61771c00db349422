"""Measurements beside the peers, on the machine that they are run on."""
