"""A course of deep-learning exercises whose grades can be trusted."""
