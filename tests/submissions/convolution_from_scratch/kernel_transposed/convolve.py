def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    width, height = image.shape
    result = image.copy()
    for x in range(1, width - 1):
        for y in range(1, height - 1):
            total = sum(image[x + i - 1, y + j - 1] * kernel[j][i] for i in range(3) for j in range(3))
            result[x, y] = max(0, min(255, weight * total))
    return result
