"""Many submissions one after the other, and whether anything grows; see ``tests.soak.__main__``."""
