def same_label(labels, label, count):
    return np.where(labels == label)[0]
