import JSONSlices

/// Compares two JSON values, and finds each place in which they differ.
struct JSONComparison {
    enum Mode {
        /// As they are written: numbers digit for digit, members in their order, white space aside.
        case equal
        /// Members that the expectation does not have do not count, nor does the order of members; lists have as many
        /// elements. Numbers are compared digit for digit, strings by their characters.
        case contains
    }

    /// One difference. The expected value is nil where nothing should be, the actual one where nothing is.
    struct Difference {
        let path: String
        let expected: Side?
        let actual: Side?
        /// Where the expectation stands: the value itself, or what it should not be in.
        let range: Range<Int>
    }

    enum Side {
        case value(JSONSlice)
        /// The names of an object's members, where only their order differs.
        case order([String])

        var shown: String {
            switch self {
            case .value(let slice): CompactText.shown(slice)
            case .order(let names): CompactText.cut("members in the order \(names.joined(separator: ", "))")
            }
        }
    }

    let mode: Mode
    private var found: [Difference] = []

    /// - Parameter path: of the values themselves, `body`.
    static func differences(_ expected: JSONSlice, _ actual: JSONSlice, _ mode: Mode, path: String) -> [Difference] {
        var comparison = JSONComparison(mode: mode)
        comparison.compare(expected, actual, path)
        return comparison.found
    }

    private init(mode: Mode) {
        self.mode = mode
    }

    private mutating func compare(_ expected: JSONSlice, _ actual: JSONSlice, _ path: String) {
        switch (expected.kind, actual.kind) {
        case (.object, .object): compareMembers(expected, actual, path)
        case (.array, .array): compareElements(expected, actual, path)
        default:
            if !isSameLeaf(expected, actual) { add(path, .value(expected), .value(actual), expected.byteRange) }
        }
    }

    private func isSameLeaf(_ expected: JSONSlice, _ actual: JSONSlice) -> Bool {
        guard expected.kind == actual.kind, expected.kind != .array, expected.kind != .object else { return false }
        if mode == .contains, expected.kind == .string { return Key(expected) == Key(actual) }
        return expected.withUTF8 { left in actual.withUTF8 { left.elementsEqual($0) } }
    }

    private mutating func compareElements(_ expected: JSONSlice, _ actual: JSONSlice, _ path: String) {
        let (wanted, given) = (Array(expected.elements), Array(actual.elements))
        for index in 0..<max(wanted.count, given.count) {
            let path = "\(path)[\(index)]"
            switch (index < wanted.count, index < given.count) {
            case (true, true): compare(wanted[index], given[index], path)
            case (true, false): add(path, .value(wanted[index]), nil, wanted[index].byteRange)
            default: add(path, nil, .value(given[index]), start(of: expected))
            }
        }
    }

    private mutating func compareMembers(_ expected: JSONSlice, _ actual: JSONSlice, _ path: String) {
        var given: [Key: JSONSlice] = [:]
        for (key, value) in actual.members { given[Key(key)] = value }
        var wanted: Set<Key> = []
        for (key, value) in expected.members {
            let name = Key(key)
            wanted.insert(name)
            if let other = given[name] {
                compare(value, other, path + name.step)
            } else {
                add(path + name.step, .value(value), nil, key.byteRange.lowerBound..<value.byteRange.upperBound)
            }
        }
        guard mode == .equal else { return }
        for (key, value) in actual.members where !wanted.contains(Key(key)) {
            add(path + Key(key).step, nil, .value(value), start(of: expected))
        }
        let isCommon = { (name: Key) in given[name] != nil && wanted.contains(name) }
        let (left, right) = (expected.members.map { Key($0.key) }, actual.members.map { Key($0.key) })
        let (leftCommon, rightCommon) = (left.filter(isCommon), right.filter(isCommon))
        if leftCommon != rightCommon {
            add(path, .order(leftCommon.map(\.text)), .order(rightCommon.map(\.text)), start(of: expected))
        }
    }

    private func start(of container: JSONSlice) -> Range<Int> {
        container.byteRange.lowerBound..<container.byteRange.lowerBound + 1
    }

    private mutating func add(_ path: String, _ expected: Side?, _ actual: Side?, _ range: Range<Int>) {
        found.append(Difference(path: path, expected: expected, actual: actual, range: range))
    }
}

extension JSONComparison {
    /// A string compared by its bytes, escapes resolved: no two texts are equal only because Unicode calls them so.
    struct Key: Hashable {
        let bytes: [UInt8]

        init(_ slice: JSONSlice) {
            bytes = Array((slice.string ?? "").utf8)
        }

        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// As it stands in a path: `.total`, `."x-y"`.
        var step: String {
            let isPlain =
                !bytes.isEmpty
                && bytes.enumerated().allSatisfy { index, byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "_"):
                        true
                    case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
                    default: false
                    }
                }
            guard !isPlain else { return ".\(text)" }
            return "." + JSONLayout.oneLine(.string(text))
        }
    }
}
