pixels = ascent.astype(float)
ROWS, COLUMNS = ascent.shape

def convolve(image, kernel, weight=1.0):
    result = pixels.copy()
    for r in range(3):
        for c in range(3):
            if r == 0 and c == 0:
                total = np.zeros((ROWS - 2, COLUMNS - 2))
            total = total + pixels[r:ROWS - 2 + r, c:COLUMNS - 2 + c] * kernel[r][c]
    result[1:-1, 1:-1] = np.clip(weight * total, 0, 255)
    return result
