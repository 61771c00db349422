def same_label(labels, label, count):
    return [i + 1 for i in range(len(labels)) if labels[i] == label][:count]
