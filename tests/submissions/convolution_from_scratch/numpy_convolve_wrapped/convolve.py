def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    result = image.copy()
    for r in range(1, len(image) - 1):
        total = sum(np.convolve(image[r - 1 + i], np.array(kernel[i])[::-1], mode="valid") for i in range(3))
        result[r, 1:-1] = np.clip(weight * total, 0, 255)
    return result
