"""``make pictures``: screenshots of what people see, for ``docs/pictures.md``."""
