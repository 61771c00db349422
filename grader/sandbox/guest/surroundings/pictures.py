"""How this kernel shows pictures in cells: as PNG in the page, and none too large to be kept.

A notebook may also show figures as SVG, at double size or in windows. People read a graded
notebook as a page, in which pictures are PNG (``grader.notebook.sanitize.images``).
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from . import figure_png

# A figure of 14 by 14 inches at 100 dots an inch; larger ones are drawn with fewer dots.
MAX_PIXELS = 2_000_000


def prepare(shell: Any) -> None:
    """Have this kernel's cells show pictures so."""
    import wrapt

    pylabtools: Any = importlib.import_module("IPython.core.pylabtools")
    select = partial(_select_png, pylabtools.select_figure_formats)
    pylabtools.select_figure_formats = select
    formatters = shell.display_formatter.formatters
    formatters["image/png"].for_type_by_name("PIL.Image", "Image", _image_as_png)
    formatters["image/jpeg"].for_type_by_name("PIL.Image", "Image", lambda _: None)
    shell.register_magic_function(partial(_use_inline, shell), magic_name="matplotlib")
    wrapt.when_imported("matplotlib")(_stay_inline)


@contextlib.contextmanager
def only_texts(formatter: Any) -> Iterator[None]:
    """Let a shell's outputs be texts for a while; None for a formatter where there is no shell."""
    if formatter is None:
        yield
        return
    before = formatter.active_types
    formatter.active_types = ["text/plain"]
    try:
        yield
    finally:
        formatter.active_types = before


def _select_png(select: Any, shell: Any, _: object, **options: Any) -> None:
    """IPython's ``select_figure_formats``, whichever formats are asked for."""
    from matplotlib.figure import Figure

    select(shell, {"png"}, **options)
    png = shell.display_formatter.formatters["image/png"]
    png.for_type(Figure, partial(_figure_as_png, options))


def _figure_as_png(options: dict[str, Any], figure: Any) -> Any:
    """A figure as PNG; None for one without anything in it, as in a notebook."""
    width, height = figure.get_size_inches()
    dots = min(figure.dpi, (MAX_PIXELS / max(width * height, 1e-6)) ** 0.5)
    return figure_png.encoded(figure, dots, options)


def _image_as_png(image: Any) -> Any:
    """An image of Pillow's as PNG, made smaller if need be."""
    if image.width * image.height > MAX_PIXELS:
        scale = (MAX_PIXELS / (image.width * image.height)) ** 0.5
        image = image.copy()
        image.thumbnail((image.width * scale, image.height * scale))
    return image._repr_png_() or image.convert("RGB")._repr_png_()


def _use_inline(shell: Any, _: str) -> None:
    """``%matplotlib``, which shows figures in the page, for every backend that it names."""
    shell.enable_matplotlib("inline")


def _stay_inline(module: Any) -> None:
    """Let ``matplotlib.use`` ask in vain for windows: figures are shown in the page."""
    import wrapt

    def use(wrapped: Any, _: object, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        import matplotlib.pyplot  # noqa: F401 -- without it the first figure would fail instead

        try:
            return wrapped(*args, **named)
        except ImportError:
            return None

    wrapt.wrap_function_wrapper(module, "use", use)
