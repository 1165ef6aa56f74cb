import JSONSlices

/// Writes an expectation anew so that a value fulfils it, and leaves every byte of it that may stay.
struct JSONRewrite {
    let mode: JSONComparison.Mode
    /// Of the document that holds the expectation.
    let source: [UInt8]
    /// What ends its lines.
    private let newline: String

    init(mode: JSONComparison.Mode, source: [UInt8]) {
        self.mode = mode
        self.source = source
        let end = source.firstIndex(of: UInt8(ascii: "\n")) ?? source.startIndex
        newline = source[..<end].last == UInt8(ascii: "\r") ? "\r\n" : "\n"
    }

    /// Characters of a line that what stands on it may come to.
    private static let width = 100

    /// The text that takes the place of `expected`.
    func text(_ expected: JSONSlice, _ actual: JSONSlice) -> String {
        let old = raw(expected)
        if JSONComparison.differences(expected, actual, mode, path: "").isEmpty { return old }
        let (start, indentation) = line(of: expected.byteRange.lowerBound)
        let new: String
        switch (expected.kind, actual.kind) {
        case (.object, .object): new = object(expected, actual)
        case (.array, .array): new = array(expected, actual)
        default: return laidOut(actual, indentation)
        }
        // What stood on one line and no longer fits there is laid out anew.
        let column = expected.byteRange.lowerBound - start
        let isTooLong = new.count > old.count && column + new.count > Self.width
        guard !Self.hasNewline(old), Self.hasNewline(new) || isTooLong,
            let document = try? JSONDocument(parsing: Array(new.utf8))
        else { return new }
        return laidOut(document.root, indentation)
    }

    private func laidOut(_ value: JSONSlice, _ indentation: Int) -> String {
        JSONLayout.text(value, indentation: indentation, width: Self.width, newline: newline)
    }

    /// Of any kind: to `Character`, CR and LF are one, and not LF.
    private static func hasNewline(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "\n")) }

    private func raw(_ slice: JSONSlice) -> String {
        slice.withUTF8 { String(decoding: $0, as: UTF8.self) }
    }

    private func object(_ expected: JSONSlice, _ actual: JSONSlice) -> String {
        var given: [JSONComparison.Key: JSONSlice] = [:]
        for (key, value) in actual.members { given[.init(key)] = value }
        var stated: [JSONComparison.Key: (key: JSONSlice, value: JSONSlice)] = [:]
        for (key, value) in expected.members { stated[.init(key)] = (key, value) }
        let old = expected.members.map { JSONComparison.Key($0.key) }
        let new =
            mode == .equal ? actual.members.map { JSONComparison.Key($0.key) } : old.filter { given[$0] != nil }
        let layout = layout(of: expected)
        if old == new {
            return spliced(expected, expected.members.map { ($0.value, given[.init($0.key)] ?? $0.value) })
        }
        let parts = new.compactMap { name -> String? in
            guard let value = given[name] else { return nil }
            if let (key, old) = stated[name] { return "\(raw(key)): \(text(old, value))" }
            return "\(JSONLayout.oneLine(.string(name.text))): \(fresh(value, layout))"
        }
        return joined(parts, layout, "{", "}")
    }

    private func array(_ expected: JSONSlice, _ actual: JSONSlice) -> String {
        let (old, new) = (Array(expected.elements), Array(actual.elements))
        if old.count == new.count { return spliced(expected, Array(zip(old, new))) }
        let layout = layout(of: expected)
        let parts = new.enumerated().map { index, value in
            index < old.count ? text(old[index], value) : fresh(value, layout)
        }
        return joined(parts, layout, "[", "]")
    }

    /// The container with other values, everything between them as it is.
    private func spliced(_ container: JSONSlice, _ values: [(old: JSONSlice, new: JSONSlice)]) -> String {
        var text = ""
        var offset = container.byteRange.lowerBound
        for (old, new) in values {
            text += String(decoding: source[offset..<old.byteRange.lowerBound], as: UTF8.self)
            text += self.text(old, new)
            offset = old.byteRange.upperBound
        }
        return text + String(decoding: source[offset..<container.byteRange.upperBound], as: UTF8.self)
    }

    // MARK: Layout

    /// How a container's members are set apart.
    private struct Layout {
        /// The blanks before each member; nil when they stand on one line.
        let margin: String?
        /// What stands before the closing bracket.
        let end: String
        /// What stands behind the opening bracket on one line.
        let padding: String
    }

    private func layout(of container: JSONSlice) -> Layout {
        let range = container.byteRange
        let inner = source[range.dropFirst().dropLast()]
        let leading = String(decoding: inner.prefix { Self.isBlank($0) }, as: UTF8.self)
        let trailing = String(decoding: inner.reversed().prefix { Self.isBlank($0) }.reversed(), as: UTF8.self)
        let margin = String(repeating: " ", count: line(of: range.lowerBound).indentation)
        if container.count == 0 {
            return Layout(margin: "\(newline)\(margin)  ", end: "\(newline)\(margin)", padding: "")
        }
        guard Self.hasNewline(leading) else { return Layout(margin: nil, end: "", padding: leading) }
        return Layout(margin: leading, end: Self.hasNewline(trailing) ? trailing : newline + margin, padding: "")
    }

    private func fresh(_ value: JSONSlice, _ layout: Layout) -> String {
        let indentation = layout.margin.map { $0.reversed().prefix { $0 == " " }.count }
        return indentation.map { laidOut(value, $0) } ?? JSONLayout.oneLine(.slice(value))
    }

    private func joined(_ parts: [String], _ layout: Layout, _ opening: String, _ closing: String) -> String {
        guard !parts.isEmpty else { return opening + closing }
        guard let margin = layout.margin else {
            return opening + layout.padding + parts.joined(separator: ", ") + layout.padding + closing
        }
        return opening + margin + parts.joined(separator: ",\(margin)") + layout.end + closing
    }

    /// Where the line that holds a byte begins, and how many blanks it begins with.
    private func line(of offset: Int) -> (start: Int, indentation: Int) {
        let start = source[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return (start, source[start...].prefix { $0 == UInt8(ascii: " ") }.count)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
