def convolve(image, kernel, weight=1.0):
    img = np.array(image, dtype=np.int16)
    h, w = img.shape
    acc = np.zeros((h - 2, w - 2), dtype=np.int16)
    for i in range(3):
        for j in range(3):
            acc += img[i:i + h - 2, j:j + w - 2] * kernel[i][j]
    new = img.astype(float)
    new[1:h - 1, 1:w - 1] = np.clip(acc * weight, 0, 255)
    return new
