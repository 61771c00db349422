def _sum(values: np.ndarray, kernel: Sequence[Sequence[float]]) -> float:
    total: float = 0.0
    for row, factors in zip(values, kernel):
        for value, factor in zip(row, factors):
            total += value * factor
    return total

def convolve(image: np.ndarray, kernel: List[List[float]], weight: float = 1.0) -> np.ndarray:
    image = np.array(image, dtype=float)
    result = image.copy()
    inside: Tuple[range, range] = (range(1, image.shape[0] - 1), range(1, image.shape[1] - 1))
    for r in inside[0]:
        for c in inside[1]:
            result[r, c] = limits.apply(weight * _sum(window(image, r, c), kernel))
    return result

small = convolve(ascent[:6, :6], [[0, 0, 0], [0, 1, 0], [0, 0, 0]])
plt.imshow(small, cmap="gray")
plt.show()
