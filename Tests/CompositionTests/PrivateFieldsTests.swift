import CurlTransport
import Testing

@testable import Composition

@Suite("What caches on the way are told of a protected reply")
struct PrivateFieldsTests {
    @Test(
        "for the client alone, and no longer than before",
        arguments: [
            ([], ["Cache-Control: private"]),
            (["Cache-Control: public, max-age=60"], ["Cache-Control: private, max-age=60"]),
            (["cache-control: max-age=60, s-maxage=600"], ["Cache-Control: private, max-age=60"]),
            (["Cache-Control: PUBLIC", "Cache-Control: immutable"], ["Cache-Control: private, immutable"]),
            (["Cache-Control: no-store"], ["Cache-Control: no-store"]),
            (["Cache-Control: private, max-age=5"], ["Cache-Control: private, max-age=5"]),
            // Of some fields only: the rest could be kept.
            ([#"Cache-Control: private="set-cookie", max-age=5"#], ["Cache-Control: private, max-age=5"]),
            (["CDN-Cache-Control: max-age=60", "X: y"], ["X: y", "Cache-Control: private"]),
        ]
    )
    func fields(given: [String], wanted: [String]) {
        var fields = given.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return HeaderField(name: String(parts[0]), value: String(parts[1].dropFirst()))
        }
        fields.makePrivate()
        #expect(fields.map { "\($0.name): \($0.value)" } == wanted)
    }
}
