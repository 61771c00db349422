def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    out = image.copy()
    for r in range(1, image.shape[0] - 1):
        for c in range(1, image.shape[1] - 1):
            out[r, c] = weight * (image[r-1:r+2, c-1:c+2] * np.array(kernel)).sum()
    return out.astype(int).astype(np.uint8)
