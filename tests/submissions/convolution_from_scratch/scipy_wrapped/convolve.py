from scipy.signal import correlate2d


def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    result = image.copy()
    result[1:-1, 1:-1] = np.clip(weight * correlate2d(image, kernel, mode="valid"), 0, 255)
    return result
