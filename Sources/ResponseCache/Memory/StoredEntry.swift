import CurlTransport

/// What is kept under a key.
public enum StoredEntry: Sendable {
    case response(StoredResponse)
    /// The names of the fields that the origin's `Vary` told of (RFC 9111, section 4.1): with the request's values they
    /// make the key under which its response is.
    case varies([String])
}

extension StoredEntry {
    /// The bytes that it takes of the heap, as glibc's malloc hands them out. Arrays count with their capacity. Strings
    /// that are shared with others count in full.
    package var footprint: Int {
        switch self {
        case .response(let response):
            // The object: a header of two words, eleven words, and what its two flags take.
            Heap.block(of: 128) + Heap.array(response.headers, stride: MemoryLayout<HeaderField>.stride)
                + response.headers.reduce(0) { $0 + Heap.text($1.name) + Heap.text($1.value) }
                + Heap.array(response.body, stride: 1) + Heap.text(response.url) + Self.footprint(of: response.tags)
        case .varies(let names):
            Self.footprint(of: names)
        }
    }

    private static func footprint(of names: [String]) -> Int {
        names.reduce(Heap.array(names, stride: MemoryLayout<String>.stride)) { $0 + Heap.text($1) }
    }
}

extension CacheKey {
    package var footprint: Int { Heap.array(bytes, stride: 1) }
}

/// What glibc's malloc takes for a request of some bytes, and Swift's arrays and strings request.
enum Heap {
    /// Two words of an object, count and capacity.
    private static let arrayHeader = 32
    /// The longest text that is stored in the two words of a `String` itself.
    private static let inlineText = 15
    /// From here on a block is made of pages of its own.
    private static let mappedFrom = 128 << 10

    static func block(of bytes: Int) -> Int {
        bytes < mappedFrom ? max(32, rounded(bytes + 8, to: 16)) : rounded(bytes + 16, to: 4096)
    }

    static func array<Element>(_ elements: [Element], stride: Int) -> Int {
        elements.capacity == 0 ? 0 : block(of: arrayHeader + elements.capacity * stride)
    }

    static func text(_ text: String) -> Int {
        let bytes = text.utf8.count
        return bytes <= inlineText ? 0 : block(of: arrayHeader + bytes + 1)
    }

    private static func rounded(_ bytes: Int, to unit: Int) -> Int { (bytes + unit - 1) & ~(unit - 1) }
}
