class Convolution:
    """Slides a window over an image."""

    def __init__(self, low=0, high=255):
        self.low, self.high = low, high

    def __call__(self, image, kernel, weight=1.0):
        image = np.array(image, dtype=float)
        result = image.copy()
        for r in range(1, image.shape[0] - 1):
            for c in range(1, image.shape[1] - 1):
                result[r, c] = self.limited(weight * (image[r-1:r+2, c-1:c+2] * np.array(kernel)).sum())
        return result

    def limited(self, value):
        return max(self.low, min(self.high, value))

convolve = Convolution()
