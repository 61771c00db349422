def convolve(image, kernel, weight=1.0):
    result = np.array(image, dtype="float64", copy=True)
    source = result.copy()
    k = np.asarray(kernel, dtype="float64").ravel()
    inner = result[1:-1, 1:-1]
    inner[...] = 0
    shifts = [(a, b) for a in range(3) for b in range(3)]
    for factor, (a, b) in zip(k, shifts):
        inner += factor * source[a:source.shape[0] - 2 + a, b:source.shape[1] - 2 + b]
    inner *= weight
    inner[inner < 0] = 0
    np.minimum(inner, 255, out=inner)
    return result
