/// The candidate that a misspelt name most likely meant, or nil when none is near.
///
/// Near means a Damerau–Levenshtein distance (optimal string alignment) of at most a third of the longer name, upper
/// and lower case being the same.
public func nearestName(to name: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let other = Array(candidate.lowercased().unicodeScalars.prefix(64))
        let distance = editDistance(wanted, other)
        guard distance <= max(1, max(wanted.count, other.count) / 3), distance < max(wanted.count, other.count) else {
            continue
        }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// "did you mean 'x'?", or a list of what there is when that is short, or nothing.
public func suggestion(for name: String, among candidates: [String]) -> String? {
    if let nearest = nearestName(to: name, in: candidates) { return "did you mean '\(nearest)'?" }
    guard !candidates.isEmpty, candidates.count <= 12 else { return nil }
    return "known here: " + candidates.joined(separator: ", ")
}

private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard !left.isEmpty else { return right.count }
    guard !right.isEmpty else { return left.count }
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in 1...left.count {
        var current = [row] + [Int](repeating: 0, count: right.count)
        for column in 1...right.count {
            let cost = left[row - 1] == right[column - 1] ? 0 : 1
            var distance = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                distance = min(distance, beforeLast[column - 2] + 1)
            }
            current[column] = distance
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
