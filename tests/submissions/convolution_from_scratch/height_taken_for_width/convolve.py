def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    width, height = image.shape
    result = image.copy()
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            total = 0.0
            for i in range(3):
                for j in range(3):
                    total += image[y - 1 + i, x - 1 + j] * kernel[i][j]
            result[y, x] = np.clip(weight * total, 0, 255)
    return result
