def of(results):
    return ""
