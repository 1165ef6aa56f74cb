/// A request's path, checked and cut into segments.
struct RoutePath: Sendable {
    struct Segment: Sendable {
        /// In the raw path, in bytes.
        var range: Range<Int>
        var hasEscapes: Bool
    }

    private let bytes: [UInt8]
    private(set) var segments: [Segment] = []

    /// Where the path ends.
    var end: Int { bytes.count }

    /// - Returns: nil for what ``RouteMatch/badPath`` stands for.
    init?(_ rawPath: String) {
        bytes = Array(rawPath.utf8)
        guard bytes.first == UInt8(ascii: "/") else { return nil }
        var start = 1
        var hasEscapes = false
        var index = 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "/"):
                guard close(Segment(range: start..<index, hasEscapes: hasEscapes)) else { return nil }
                start = index + 1
                hasEscapes = false
                index += 1
            case UInt8(ascii: "%"):
                guard let byte = Self.escape(in: bytes, at: index), byte != 0 else { return nil }
                hasEscapes = true
                index += 3
            case 0:
                return nil
            default:
                index += 1
            }
        }
        guard close(Segment(range: start..<bytes.count, hasEscapes: hasEscapes)) else { return nil }
    }

    private mutating func close(_ segment: Segment) -> Bool {
        segments.append(segment)
        // Longer than `..` with both dots escaped cannot be a dot segment.
        guard segment.range.count <= 6 else { return true }
        let bytes = decoded(segments.count - 1)
        return !bytes.elementsEqual(".".utf8) && !bytes.elementsEqual("..".utf8)
    }

    /// The segment's bytes without percent-encoding; an encoded slash is a byte like any other.
    func decoded(_ index: Int) -> ArraySlice<UInt8> {
        let segment = segments[index]
        guard segment.hasEscapes else { return bytes[segment.range] }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(segment.range.count)
        var position = segment.range.lowerBound
        while position < segment.range.upperBound {
            if bytes[position] == UInt8(ascii: "%"), let byte = Self.escape(in: bytes, at: position) {
                decoded.append(byte)
                position += 3
            } else {
                decoded.append(bytes[position])
                position += 1
            }
        }
        return decoded[...]
    }

    /// Whether a backend may read a dot segment where this router sees none: one that takes an escaped slash or a backslash
    /// for a slash, drops what follows `;`, decodes twice, or reads overlong UTF-8. For paths that are passed on as they were
    /// received.
    static func mayClimb(_ rawPath: String) -> Bool {
        guard let path = RoutePath(rawPath) else { return true }
        return path.segments.indices.contains { index in
            let once = path.decoded(index)
            if hasDotSegment(once) { return true }
            guard path.segments[index].hasEscapes else { return false }
            let twice = PathReadings.decodedOnceMore(Array(once))
            return hasDotSegment(twice[...]) || hasDotSegment(PathReadings.decodedOnceMore(twice)[...])
        }
    }

    private static func hasDotSegment(_ text: ArraySlice<UInt8>) -> Bool {
        text.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.contains {
            let name = $0.prefix { $0 != UInt8(ascii: ";") }
            return name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8)
        }
    }

    /// The raw text of a range of bytes. `rawPath` is what this was made from.
    func text(of range: Range<Int>, in rawPath: String) -> Substring {
        let utf8 = rawPath.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        return rawPath[start..<utf8.index(start, offsetBy: range.count)]
    }

    static func escape(in bytes: [UInt8], at index: Int) -> UInt8? {
        guard index + 2 < bytes.count, let high = hexDigit(bytes[index + 1]), let low = hexDigit(bytes[index + 2])
        else { return nil }
        return high << 4 | low
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
