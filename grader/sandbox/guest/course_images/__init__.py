"""Identifies the course's images in what a student trains on."""
