"""Describes Keras models and their layers."""
