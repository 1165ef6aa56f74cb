import CurlTransport
import ResponseCache

/// SplitMix64: the same numbers on every run.
struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Keys and responses as a gateway has them.
enum Samples {
    static let now = WallTime(milliseconds: 1_000_000)

    static func key(_ number: Int) -> CacheKey {
        let text = "GET\nhttps://catalog.internal/products/\(number)\naccept: application/json\naccept-language: en"
        return CacheKey(bytes: Array(text.utf8))
    }

    static func response(_ number: Int, body: [UInt8]) -> StoredResponse {
        StoredResponse(
            status: 200,
            headers: [
                HeaderField(name: "content-type", value: "application/json"),
                HeaderField(name: "cache-control", value: "public, max-age=300"),
                HeaderField(name: "etag", value: "\"\(number)\""),
            ],
            body: body,
            lifetime: StoredLifetime(requestTime: now, responseTime: now, initialAge: 0, freshness: 300_000),
            url: "https://catalog.internal/products/\(number)"
        )
    }

    static func entry(_ number: Int, bytes: Int) -> StoredEntry {
        .response(response(number, body: Array(repeating: 0x20, count: bytes)))
    }
}

/// Draws ranks from 0 on by Zipf's law: the rank r with a chance of 1 / (r + 1)^skew.
struct Zipf {
    private let sums: [Double]

    init(count: Int, skew: Double) {
        var sum = 0.0
        sums = (1...count).map { rank in
            sum += 1 / power(Double(rank), skew)
            return sum
        }
    }

    func draw(_ numbers: inout Numbers) -> Int {
        let wanted = Double.random(in: 0..<(sums.last ?? 1), using: &numbers)
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > wanted { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
