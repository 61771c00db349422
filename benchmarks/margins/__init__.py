"""How far honest trainings are from what the claims ask: ``python -m benchmarks.margins``."""
