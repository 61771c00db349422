def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    rows = columns = len(image)
    result = np.array(image[:rows, :columns])
    for r in range(1, rows - 1):
        for c in range(1, columns - 1):
            total = 0.0
            for i in range(3):
                for j in range(3):
                    total += image[r - 1 + i, min(c - 1 + j, image.shape[1] - 1)] * kernel[i][j]
            if c < image.shape[1] - 1:
                result[r, c] = min(max(weight * total, 0), 255)
    return result
