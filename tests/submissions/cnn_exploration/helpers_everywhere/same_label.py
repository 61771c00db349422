def same_label(labels, label, count):
    found = []
    for index, value in enumerate(labels):
        if len(found) == count:
            break
        if value == label:
            found.append(index)
    print(found)
    return found
