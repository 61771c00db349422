def prepare(images: np.ndarray) -> np.ndarray:
    result: List[np.ndarray] = []
    for image in images:
        result.append(scaled(image))
    print("prepared", len(result), "pictures")
    return np.stack(result)
