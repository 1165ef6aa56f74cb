import CurlTransport
import TestSupport
import Testing

@testable import ResponseCache

@Suite("Shared entries") struct SharedEntryTests {
    private let key = Sample.key()

    private func expectEqual(_ entry: StoredEntry?, _ expected: StoredEntry) {
        switch (entry, expected) {
        case (.varies(let one), .varies(let other)): #expect(one == other)
        case (.response(let one), .response(let other)):
            #expect(one.status == other.status && one.headers == other.headers && one.body == other.body)
            #expect(one.lifetime == other.lifetime && one.url == other.url && one.tags == other.tags)
            #expect(one.generation == other.generation)
        default: Issue.record("\(String(describing: entry)) instead of \(expected)")
        }
    }

    private static func random(using generator: inout SeededGenerator) -> StoredEntry {
        func text(_ limit: Int) -> String {
            String(
                (0..<Int.random(in: 0...limit, using: &generator)).map { _ in generator.pick(Array("abcé€z-/?&= ")) }
            )
        }
        func token() -> String { "x-" + String((0..<5).map { _ in generator.pick(Array("abcdef")) }) }
        if generator.chance(1, in: 5) { return .varies((0..<3).map { _ in token() }) }
        let isCompressible = generator.chance(1, in: 2)
        let body = (0..<Int.random(in: 0...12_000, using: &generator)).map { index in
            isCompressible ? UInt8(truncatingIfNeeded: index / 40) : UInt8.random(in: 0 ... .max, using: &generator)
        }
        let response = StoredResponse(
            status: Int.random(in: 100...599, using: &generator),
            headers: (0..<4).map { _ in HeaderField(name: token(), value: text(40)) },
            body: body,
            lifetime: StoredLifetime(
                requestTime: WallTime(milliseconds: .random(in: .min ... .max, using: &generator)),
                responseTime: WallTime(milliseconds: .random(in: .min ... .max, using: &generator)),
                initialAge: .random(in: .min ... .max, using: &generator),
                freshness: .random(in: .min ... .max, using: &generator),
                staleWhileRevalidate: .random(in: .min ... .max, using: &generator),
                staleIfError: .random(in: .min ... .max, using: &generator),
                mustRevalidateAlways: generator.chance(1, in: 2),
                forbidsStale: generator.chance(1, in: 2)
            ),
            url: text(100),
            tags: (0..<3).map { _ in text(10) },
            generation: .random(in: 0 ... .max, using: &generator)
        )
        return .response(response)
    }

    @Test("what is encoded is decoded, whatever it is")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let entry = Self.random(using: &generator)
            let bytes = try #require(SharedEntry.encode(entry, key: key))
            expectEqual(SharedEntry.decode(bytes, key: key), entry)
        }
    }

    @Test("entries are a miss for every other key")
    func otherKey() throws {
        let bytes = try #require(SharedEntry.encode(Sample.entry(), key: key))
        for other in ["", "GET https://a/", "GET https://a/bb", "get https://a/b"] {
            #expect(SharedEntry.decode(bytes, key: Sample.key(other)) == nil)
        }
    }

    @Test("an unknown version is a miss")
    func version() throws {
        var bytes = try #require(SharedEntry.encode(Sample.entry(), key: key))
        #expect(bytes[0] == 0x4D && bytes[1] == 1)
        bytes[1] = 2
        #expect(SharedEntry.decode(bytes, key: key) == nil)
    }

    @Test("every truncation and thousands of random mutations are a miss")
    func damage() throws {
        var generator = SeededGenerator(seed: 4)
        for size in [10, 6_000] {
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 50) }
            let bytes = try #require(SharedEntry.encode(Sample.entry(body), key: key))
            for count in bytes.indices { #expect(SharedEntry.decode(Array(bytes[..<count]), key: key) == nil) }
            #expect(SharedEntry.decode(bytes + [0], key: key) == nil)
            for _ in 0..<5_000 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    damaged[Int.random(in: damaged.indices, using: &generator)] ^= UInt8.random(
                        in: 1 ... .max,
                        using: &generator
                    )
                }
                if damaged != bytes { #expect(SharedEntry.decode(damaged, key: key) == nil) }
            }
        }
    }

    @Test("mutations with a right checksum never trap, and are never decoded for another key")
    func forgery() throws {
        var generator = SeededGenerator(seed: 5)
        let body = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 / 50) }
        let bytes = try #require(SharedEntry.encode(Sample.entry(body), key: key))
        var decoded = 0
        for _ in 0..<20_000 {
            var damaged = bytes
            // Mostly the front, where the lengths are.
            let range = generator.chance(4, in: 5) ? 10..<min(330, damaged.count) : 10..<damaged.count
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                damaged[Int.random(in: range, using: &generator)] = generator.pick([
                    0, 1, 127, 128, 255, UInt8.random(in: 0 ... .max, using: &generator),
                ])
            }
            if generator.chance(1, in: 4) { damaged.removeLast(Int.random(in: 0..<300, using: &generator)) }
            SharedEntry.sign(&damaged)
            if SharedEntry.decode(damaged, key: key) != nil { decoded += 1 }
            #expect(SharedEntry.decode(damaged, key: Sample.key("other")) == nil)
        }
        #expect(decoded > 0)
    }

    @Test("random bytes are a miss")
    func noise() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<5_000 {
            var bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                UInt8.random(in: 0 ... .max, using: &generator)
            }
            if bytes.count > 2 { (bytes[0], bytes[1]) = (0x4D, 1) }
            #expect(SharedEntry.decode(bytes, key: key) == nil)
        }
    }

    @Test("a body is compressed above the size, when it gets smaller by an eighth")
    func compression() throws {
        let text = (0..<20_000).map { UInt8(truncatingIfNeeded: 0x61 + $0 / 100 % 20) }
        let small = try #require(SharedEntry.encode(Sample.entry(text), key: key))
        #expect(small.count < 3_000)
        let whole = try #require(SharedEntry.encode(Sample.entry(text), key: key, limits: .init(compressFrom: 30_000)))
        #expect(whole.count > 20_000)
        var generator = SeededGenerator(seed: 7)
        let noise = (0..<20_000).map { _ in UInt8.random(in: 0 ... .max, using: &generator) }
        let incompressible = try #require(SharedEntry.encode(Sample.entry(noise), key: key))
        #expect(incompressible.count > 20_000)
        expectEqual(SharedEntry.decode(small, key: key), Sample.entry(text))
    }

    @Test("a body that would be larger than the limit is refused before memory is taken for it")
    func bomb() throws {
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        let generous = SharedEntry.Limits(maxEntry: 16 << 20)
        let bytes = try #require(SharedEntry.encode(Sample.entry(zeros), key: key, limits: generous))
        #expect(bytes.count < 10_000)
        #expect(SharedEntry.decode(bytes, key: key, limits: generous) != nil)
        #expect(SharedEntry.decode(bytes, key: key) == nil)
        #expect(SharedEntry.encode(Sample.entry(zeros), key: key) == nil)
    }

    @Test("a declared size that is not that of the body is a miss")
    func declaredSize() throws {
        let body = [UInt8](repeating: 7, count: 10_000)
        let bytes = try #require(SharedEntry.encode(Sample.entry(body), key: key))
        let marker: [UInt8] = [1, 0x10, 0x27, 0, 0]
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: marker) })
        for size in [0, 1, 9_999, 10_001, 100_000, 0xFFFF_FFFF] {
            var damaged = bytes
            for index in 0..<4 { damaged[place + 1 + index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
            SharedEntry.sign(&damaged)
            #expect(SharedEntry.decode(damaged, key: key) == nil)
        }
    }

    @Test("a field that would add a line to a reply is a miss")
    func fieldInjection() throws {
        for field in [
            HeaderField(name: "X", value: "a\r\nSet-Cookie: b"), HeaderField(name: "X: y", value: "a"),
            HeaderField(name: "", value: "a"),
        ] {
            let response = StoredResponse(
                status: 200,
                headers: [field],
                body: [],
                lifetime: Sample.response().lifetime,
                url: ""
            )
            let bytes = try #require(SharedEntry.encode(.response(response), key: key))
            #expect(SharedEntry.decode(bytes, key: key) == nil)
        }
    }

    @Test("more fields, tags or text than fit are not encoded")
    func limits() {
        let lifetime = Sample.response().lifetime
        func encoded(_ headers: [HeaderField] = [], url: String = "", tags: [String] = []) -> [UInt8]? {
            let response = StoredResponse(
                status: 200,
                headers: headers,
                body: [],
                lifetime: lifetime,
                url: url,
                tags: tags
            )
            return SharedEntry.encode(.response(response), key: key)
        }
        let field = HeaderField(name: "a", value: "b")
        #expect(encoded(Array(repeating: field, count: 1_000)) != nil)
        #expect(encoded(Array(repeating: field, count: 1_001)) == nil)
        #expect(encoded(tags: Array(repeating: "a", count: 1_001)) == nil)
        #expect(encoded(tags: [String(repeating: "a", count: 70_000)]) == nil)
        #expect(encoded(url: String(repeating: "a", count: 2 << 20)) == nil)
    }

    @Test("a key in Redis is the prefix and XXH3-128 of the key, the same on every machine")
    func redisKey() {
        let keys = SharedKey(prefix: "medley")
        let empty = String(decoding: keys.entry(CacheKey(bytes: [])), as: UTF8.self)
        // The hash of nothing, as the algorithm's authors give it.
        #expect(empty == "medley:99aa06d3014798d86001c324468d497f")
        #expect(keys.entry(Sample.key("a")) != keys.entry(Sample.key("b")))
        #expect(String(decoding: keys.log, as: UTF8.self) == "{medley}:purge:log")
    }

    @Test("a command is an array of bulk strings that may hold any bytes")
    func command() {
        let command = RedisCommand("SET", [[0, 13, 10], []])
        #expect(command.bytes == Array("*3\r\n$3\r\nSET\r\n$3\r\n\0\r\n\r\n$0\r\n\r\n\0".utf8))
        #expect(RedisCommand("PING").bytes == Array("*1\r\n$4\r\nPING\r\n\0".utf8))
    }
}
