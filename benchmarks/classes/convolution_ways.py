"""The ways in which students write the solution cells of ``convolution_from_scratch``."""

from __future__ import annotations

from pathlib import Path

_SAMPLES = Path(__file__).parents[2] / "tests" / "submissions" / "convolution_from_scratch"
_HEAD = """\
def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    rows, columns = image.shape
    result = image.copy()
"""
_TAIL = """\
    result[1:-1, 1:-1] = np.clip(weight * total, 0, 255)
    return result
"""


def _sample(name: str) -> str:
    """The function ``convolve`` of one of the course's sample submissions."""
    return (_SAMPLES / name / "convolve.py").read_text()


def _between(body: str) -> str:
    """A function whose ``body`` computes ``total``, the sums of all places inside the margin."""
    return _HEAD + body + _TAIL


# Whole arrays at a time, as the notebook advises; all of them are right.
VECTORISED = {
    "nine shifted copies": _between("""\
    total = np.zeros((rows - 2, columns - 2))
    for i in range(3):
        for j in range(3):
            total += image[i : rows - 2 + i, j : columns - 2 + j] * kernel[i][j]
"""),
    "windows and einsum": _between("""\
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    total = np.einsum("rcij,ij->rc", windows, np.array(kernel, dtype=float))
"""),
    "windows times kernel": _between("""\
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    total = (windows * np.array(kernel)).sum(axis=(2, 3))
"""),
    "strides and tensordot": _between("""\
    down, right = image.strides
    windows = np.lib.stride_tricks.as_strided(
        image, (rows - 2, columns - 2, 3, 3), (down, right, down, right)
    )
    total = np.tensordot(windows, np.array(kernel, dtype=float), axes=2)
"""),
    "a row at a time": """\
def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    result = image.copy()
    for r in range(1, len(image) - 1):
        total = 0
        for i in range(3):
            row = image[r - 1 + i]
            for j in range(3):
                total = total + row[j : len(row) - 2 + j] * kernel[i][j]
        result[r, 1:-1] = np.clip(weight * total, 0, 255)
    return result
""",
    "a stack of nine": _between("""\
    shifted = [image[i : rows - 2 + i, j : columns - 2 + j] for i in range(3) for j in range(3)]
    total = np.stack(shifted, axis=-1) @ np.array(kernel, dtype=float).ravel()
"""),
    "rolled images": _between("""\
    total = np.zeros(image.shape)
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            total += np.roll(image, (-i, -j), axis=(0, 1)) * kernel[i + 1][j + 1]
    total = total[1:-1, 1:-1]
"""),
    "one matrix product": _between("""\
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3)).reshape(-1, 9)
    total = (windows @ np.array(kernel, dtype=float).reshape(9)).reshape(rows - 2, columns - 2)
"""),
    "sum of a generator": _between("""\
    total = sum(
        kernel[i][j] * image[i : i + rows - 2, j : j + columns - 2]
        for i in range(3)
        for j in range(3)
    )
"""),
    "written out": _between("""\
    k = kernel
    top, middle, bottom = image[:-2], image[1:-1], image[2:]
    total = k[0][0] * top[:, :-2] + k[0][1] * top[:, 1:-1] + k[0][2] * top[:, 2:]
    total += k[1][0] * middle[:, :-2] + k[1][1] * middle[:, 1:-1] + k[1][2] * middle[:, 2:]
    total += k[2][0] * bottom[:, :-2] + k[2][1] * bottom[:, 1:-1] + k[2][2] * bottom[:, 2:]
"""),
}

# A Python loop over all pixels, which the notebook calls a fine solution; right.
LOOPS = {
    "four loops": _sample("loops"),
    "two loops and np.sum": _HEAD
    + """\
    kernel = np.array(kernel)
    for r in range(1, rows - 1):
        for c in range(1, columns - 1):
            total = weight * np.sum(image[r - 1 : r + 2, c - 1 : c + 2] * kernel)
            result[r, c] = max(0, min(255, total))
    return result
""",
    "lists and loops": """\
def convolve(image, kernel, weight=1.0):
    pixels = np.array(image, dtype=float).tolist()
    result = [list(row) for row in pixels]
    for r in range(1, len(pixels) - 1):
        for c in range(1, len(pixels[0]) - 1):
            total = 0
            for i in range(3):
                for j in range(3):
                    total += pixels[r + i - 1][c + j - 1] * kernel[i][j]
            result[r][c] = min(255, max(0, weight * total))
    return np.array(result)
""",
}

_NINE = VECTORISED["nine shifted copies"]

# Whole arrays at a time, each with a mistake.
WRONG = {
    "bytes run over": _NINE.replace("np.array(image, dtype=float)", "np.array(image)")
    .replace("np.zeros((rows - 2, columns - 2))", "0")
    .replace("total +=", "total = total +"),
    "not clipped": _NINE.replace("np.clip(weight * total, 0, 255)", "weight * total"),
    "kernel turned round": _NINE.replace("kernel[i][j]", "kernel[2 - i][2 - j]"),
    "black margin": _NINE.replace("image.copy()", "np.zeros(image.shape)"),
    "weight forgotten": _NINE.replace("weight * total", "total"),
    "nothing returned": _NINE.replace("return result", "print(result)"),
}

POOLS = {
    "reshaped": """\
def max_pool(image, size=2):
    image = np.array(image)
    rows, columns = image.shape[0] // size, image.shape[1] // size
    whole = image[: rows * size, : columns * size]
    return whole.reshape(rows, size, columns, size).max(axis=(1, 3))
""",
    "shifted": """\
def max_pool(image, size=2):
    image = np.asarray(image)
    rows, columns = image.shape[0] // size * size, image.shape[1] // size * size
    pooled = image[0:rows:size, 0:columns:size]
    for i in range(size):
        for j in range(size):
            pooled = np.maximum(pooled, image[i:rows:size, j:columns:size])
    return pooled
""",
    "windows": """\
def max_pool(image, size=2):
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image), (size, size))
    return windows[::size, ::size].max(axis=(2, 3))
""",
    "rows, then columns": """\
def max_pool(image, size=2):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    tall = np.array([image[r * size : (r + 1) * size].max(axis=0) for r in range(rows)])
    return np.array([tall[:, c * size : (c + 1) * size].max(axis=1) for c in range(columns)]).T
""",
}
LOOPED_POOL = """\
def max_pool(image, size=2):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    pooled = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            pooled[r, c] = image[r * size : (r + 1) * size, c * size : (c + 1) * size].max()
    return pooled
"""
BROKEN_POOL = LOOPED_POOL.replace("np.zeros((rows, columns))", "np.zeros((rows, columns)")

_FILTERS = """\
EDGES = [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
VERTICAL_LINES = {vertical}
HORIZONTAL_LINES = {horizontal}
"""
FILTERS = tuple(
    _FILTERS.format(vertical=vertical, horizontal=horizontal)
    for vertical, horizontal in (
        ("[[-1, 2, -1]] * 3", "[[-1] * 3, [2] * 3, [-1] * 3]"),
        ("[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]", "[[-1, -2, -1], [0, 0, 0], [1, 2, 1]]"),
        ("np.array([[-1, 0, 1]] * 3)", "np.array([[-1, 0, 1]] * 3).T"),
        ("[[-3, 6, -3], [-3, 6, -3], [-3, 6, -3]]", "np.transpose(VERTICAL_LINES)"),
    )
)
"""Pairs of line filters, all of them right."""
