def convolve(image, kernel, weight):
    image = np.array(image, dtype=float)
    result = image.copy()
    total = sum(image[i:image.shape[0] - 2 + i, j:image.shape[1] - 2 + j] * kernel[i][j]
                for i in range(3) for j in range(3))
    result[1:-1, 1:-1] = np.clip(weight * total, 0, 255)
    return result
