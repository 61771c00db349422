def max_pool(image, size=2):
    rows = []
    for r in range(0, image.shape[0] - size + 1, size):
        row = []
        for c in range(0, image.shape[1] - size + 1, size):
            row.append(image[r:r+size, c:c+size].max())
        rows.append(row)
        return np.array(rows)
