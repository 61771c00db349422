def max_pool(image, size=2):
    return image[::size, ::size]
