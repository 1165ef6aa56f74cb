import Testing

@testable import Gateway

@Suite("Edge: which coding a client gets")
struct AcceptEncodingTests {
    @Test(
        "the coding that the client likes best, the gateway's order where it likes several alike",
        arguments: [
            ([], nil), ([""], nil), (["gzip"], .gzip), (["gzip, deflate, br, zstd"], .zstd),
            (["gzip, deflate, br"], .br),
            (["GZIP"], .gzip), (["x-gzip"], .gzip), (["deflate"], nil), (["compress, exi"], nil),
            (["zstd;q=0.5, br;q=0.8, gzip;q=0.2"], .br), (["gzip;q=1.0, *;q=0.5"], .gzip), (["*"], .zstd),
            (["*;q=0.5, zstd;q=0"], .br), (["*;q=0"], nil), (["gzip;q=0"], nil), (["gzip;q=0.000"], nil),
            (["gzip;q=0.001"], .gzip), (["gzip;Q=0.5"], .gzip), (["gzip ; q=0.5"], .gzip), (["gzip;q=0.5;x=1"], .gzip),
            (["identity"], nil), (["identity;q=0, gzip;q=0.1"], .gzip), (["gzip;q=0.5, identity;q=0.8"], nil),
            (["gzip;q=0.5, identity;q=0.5"], .gzip), (["gzip", "br"], .br), (["zstd;q=0", "zstd"], nil),
            // A weight that is none: the member says nothing.
            (["gzip;q=2"], nil), (["gzip;q=1.001"], nil), (["gzip;q=-1"], nil), (["gzip;q="], nil),
            (["gzip;q=0.1234"], nil),
            (["gzip;q=.5"], nil), (["gzip;q"], nil), (["gzip;q=x, br"], .br), ([",,;q=1,"], nil),
        ] as [([String], ContentCoding?)]
    )
    func choice(lines: [String], coding: ContentCoding?) {
        #expect(AcceptEncoding(lines).choose(from: [.zstd, .br, .gzip]) == coding)
    }

    @Test("a client may refuse the body as it is, by name or with all that it does not name")
    func identity() {
        #expect(AcceptEncoding(["identity;q=0"]).refusesIdentity)
        #expect(AcceptEncoding(["gzip, *;q=0"]).refusesIdentity)
        #expect(!AcceptEncoding(["gzip, *;q=0, identity"]).refusesIdentity)
        #expect(!AcceptEncoding([]).refusesIdentity)
        #expect(!AcceptEncoding(["gzip"]).refusesIdentity)
    }

    @Test("names that nobody asks for are not kept, however many there are")
    func others() {
        let names = (0..<10_000).map { "x\($0)" }.joined(separator: ",")
        #expect(AcceptEncoding([names + ",gzip"]) == AcceptEncoding(["gzip"]))
    }

    @Test("what is compressed is what was there", arguments: ContentCoding.allCases)
    func roundTrip(coding: ContentCoding) throws {
        let body = Array(String(repeating: #"{"name":"Ada","n":12345},"#, count: 2000).utf8)
        for level in [coding.levels.lowerBound, coding.defaultLevel] {
            let encoded = try #require(coding.encode(body, level: level))
            #expect(encoded.count < body.count / 10)
            if let decoded = Decoder.decode(encoded, coding, size: body.count) { #expect(decoded == body) }
        }
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(coding.encode(noise, level: coding.defaultLevel) == nil)
        #expect(coding.encode([], level: coding.defaultLevel) == nil)
        #expect(coding.encode([1], level: coding.defaultLevel) == nil)
    }
}
