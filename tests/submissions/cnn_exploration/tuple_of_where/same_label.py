def same_label(labels, label, count):
    indices = np.where(labels == label)
    return indices[:count]
