/// Finds a sequence in another one: the bytes or the code points of a text in those of a longer one.
///
/// Knuth, Morris and Pratt's algorithm: the time is linear whatever the texts are.
struct TextSearch<Element: Equatable> {
    private let wanted: [Element]

    /// For every prefix of what is wanted, the length of its longest proper prefix that is its suffix as well.
    private let fallbacks: [Int]

    init(_ wanted: [Element]) {
        var fallbacks = [Int](repeating: 0, count: wanted.count)
        var length = 0
        for index in wanted.indices.dropFirst() {
            while length > 0, wanted[index] != wanted[length] { length = fallbacks[length - 1] }
            if wanted[index] == wanted[length] { length += 1 }
            fallbacks[index] = length
        }
        self.wanted = wanted
        self.fallbacks = fallbacks
    }

    /// Where it begins, from first to last, without overlaps. Nowhere when nothing is wanted.
    func places(in text: some Collection<Element>, atMost limit: Int = .max) -> [Int] {
        guard !wanted.isEmpty, limit > 0 else { return [] }
        var places: [Int] = []
        var length = 0
        for (index, element) in text.enumerated() {
            while length > 0, element != wanted[length] { length = fallbacks[length - 1] }
            if element == wanted[length] { length += 1 }
            guard length == wanted.count else { continue }
            places.append(index + 1 - length)
            if places.count == limit { break }
            length = 0
        }
        return places
    }

    func firstPlace(in text: some Collection<Element>) -> Int? {
        places(in: text, atMost: 1).first
    }
}
