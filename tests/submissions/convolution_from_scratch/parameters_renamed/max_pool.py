def max_pool(img, n=2):
    h, w = img.shape
    best = np.full((h // n, w // n), -np.inf)
    for i in range(n):
        for j in range(n):
            best = np.maximum(best, img[i:h // n * n:n, j:w // n * n:n])
    return best
