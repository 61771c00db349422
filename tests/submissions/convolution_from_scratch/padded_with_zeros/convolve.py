def convolve(image, kernel, weight=1.0):
    padded = np.pad(np.asarray(image, dtype=np.float64), 1)
    height, width = np.shape(image)
    out = np.zeros((height, width))
    for i in range(3):
        for j in range(3):
            out += padded[i : i + height, j : j + width] * kernel[i][j]
    return np.clip(out * weight, 0, 255)
