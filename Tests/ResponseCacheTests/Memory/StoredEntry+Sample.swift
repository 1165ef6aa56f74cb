import CurlTransport
import ResponseCache

let start = WallTime(milliseconds: 1_000_000)

extension StoredResponse {
    /// One that differs from others by its body.
    static func sample(
        _ body: [UInt8] = [],
        url: String = "https://shop.test/products/1",
        tags: [String] = [],
        generation: UInt64 = 0
    ) -> StoredResponse {
        StoredResponse(
            status: 200,
            headers: [HeaderField(name: "content-type", value: "application/json; charset=utf-8")],
            body: body,
            lifetime: StoredLifetime(requestTime: start, responseTime: start, initialAge: 0, freshness: 60_000),
            url: url,
            tags: tags,
            generation: generation
        )
    }
}

extension StoredEntry {
    static func sample(_ body: [UInt8] = [], url: String = "https://shop.test/products/1") -> StoredEntry {
        .response(.sample(body, url: url))
    }

    var response: StoredResponse? {
        if case .response(let response) = self { response } else { nil }
    }
}

extension CacheKey {
    init(_ text: String) { self.init(bytes: Array(text.utf8)) }
    init(_ number: Int) { self.init("GET https://shop.test/products/\(number)\nAccept: application/json") }
}

extension MemoryStore {
    func body(_ key: CacheKey, now: WallTime = start) -> [UInt8]? {
        entry(for: key, now: now)?.response?.body
    }
}
