"""What a student's kernel says of the images that fit was given: the first of MNIST, scaled."""

IMAGES = {
    "dataset": "mnist",
    "part": "train",
    "first": 0,
    "count": 100,
    "divisor": 255.0,
    "offset": 0.0,
    "shape": [28, 28],
    "one_hot": False,
}
