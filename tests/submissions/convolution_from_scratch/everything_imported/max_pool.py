def max_pool(image, size=2):
    height, width = image.shape
    blocks = [vsplit(band, height // size)
              for band in hsplit(image[:height // size * size, :width // size * size], width // size)]
    return array([[block.max() for block in band] for band in blocks]).T
