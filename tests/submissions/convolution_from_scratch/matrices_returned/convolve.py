def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    rows, columns = image.shape
    result = image.copy()
    for r in range(1, rows - 1):
        for c in range(1, columns - 1):
            total = 0.0
            for i in range(3):
                for j in range(3):
                    total += image[r - 1 + i, c - 1 + j] * kernel[i][j]
            result[r, c] = min(max(weight * total, 0), 255)
    return np.asmatrix(result)
