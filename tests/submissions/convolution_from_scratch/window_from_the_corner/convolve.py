def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    rows, cols = image.shape
    result = image.copy()
    for r in range(rows - 2):
        for c in range(cols - 2):
            total = 0
            for i in range(3):
                for j in range(3):
                    total += image[r + i, c + j] * kernel[i][j]
            result[r, c] = np.clip(weight * total, 0, 255)
    return result
