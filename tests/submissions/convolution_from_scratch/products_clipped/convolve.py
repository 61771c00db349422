def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    result = image.copy()
    for r in range(1, image.shape[0] - 1):
        for c in range(1, image.shape[1] - 1):
            window = image[r - 1:r + 2, c - 1:c + 2]
            result[r, c] = np.clip(window * np.array(kernel), 0, 255).sum() * weight
    return np.clip(result, 0, 255)
