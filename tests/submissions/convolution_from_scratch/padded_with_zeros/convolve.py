def convolve(image, kernel, weight=1.0):
    padded = np.pad(np.asarray(image, dtype=np.float64), 1)
    height, width = np.shape(image)
    out = np.empty((height, width))
    for r in range(height):
        for c in range(width):
            region = padded[r : r + 3, c : c + 3]
            out[r, c] = np.clip((region * np.asarray(kernel)).sum() * weight, 0, 255)
    return out
