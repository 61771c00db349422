def max_pool(image, size=2):
    pooled = []
    for r in range(0, len(image) - size + 1, size):
        row = []
        for c in range(0, len(image[0]) - size + 1, size):
            row.append(max(image[r + i][c + j] for i in range(size) for j in range(size)))
        pooled.append(row)
    return np.array(pooled)
