def convolve(image, kernel, weight=1.0):
    print("convolve was called with", type(image), "kernel:", kernel)
    image = np.array(image, dtype=float)
    result = image.copy()
    for r in range(1, image.shape[0] - 1):
        for c in range(1, image.shape[1] - 1):
            window = image[r-1:r+2, c-1:c+2]
            result[r, c] = np.clip(weight * np.sum(window * np.array(kernel)), 0, 255)
        print("row", r, "done, its mean is", result[r].mean())
    plt.figure(figsize=(3, 3))
    plt.imshow(result, cmap="gray")
    plt.title("result")
    plt.show()
    return result
