def same_label(labels, label, count):
    found = []
    for i, value in enumerate(labels):
        if value == label and len(found) < count:
            found.append(i)
    return found
