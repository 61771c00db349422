def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    kernel = np.array(kernel)
    result = image.copy()
    for r in range(1, image.shape[0] - 1):
        for c in range(1, image.shape[1] - 1):
            result[r, c] = (image[r - 1:r + 2, c - 1:c + 2] @ kernel).sum()
    result[1:-1, 1:-1] = np.clip(result[1:-1, 1:-1] * weight, 0, 255)
    return result
