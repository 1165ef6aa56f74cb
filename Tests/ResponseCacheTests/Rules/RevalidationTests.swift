import CurlTransport
import ResponseCache
import Testing

@Suite("Asking the origin about a stored response")
struct RevalidationTests {
    private static let later = received.advanced(by: 100_000)
    private let exchange = Revalidation.Exchange(requestTime: later, responseTime: later, generation: 7)

    private func freshened(
        _ stored: StoredResponse,
        by headers: KeyValuePairs<String, String>,
        policy: CachePolicy = CachePolicy()
    ) -> Revalidation.Outcome {
        Revalidation.freshened(stored, by: fields(headers), request: get(), policy: policy, exchange: exchange)
    }

    private func updated(
        _ stored: StoredResponse,
        by headers: KeyValuePairs<String, String>
    ) throws -> StoredResponse {
        guard case .updated(let response) = freshened(stored, by: headers) else { throw NotUpdated() }
        return response
    }

    private struct NotUpdated: Error {}

    private func isInvalid(_ outcome: Revalidation.Outcome) -> Bool {
        if case .invalid = outcome { return true }
        return false
    }

    @Test("RFC 9111, section 4.3.1: the conditions are the stored validators, as they were received")
    func conditions() {
        let both = fields(["ETag": "W/\"a\"", "Last-Modified": "Sunday, 06-Nov-94 08:49:37 GMT"])
        #expect(
            Revalidation.conditions(for: both)
                == fields(["If-None-Match": "W/\"a\"", "If-Modified-Since": "Sunday, 06-Nov-94 08:49:37 GMT"])
        )
        #expect(Revalidation.conditions(for: fields(["ETag": "unquoted", "Last-Modified": "yesterday"])) == [])
        #expect(Revalidation.conditions(for: fields(["Date": date(0)])) == [])
        #expect(Revalidation.hasValidator(both) && !Revalidation.hasValidator(fields(["Date": date(0)])))
    }

    @Test("RFC 9111, section 4.3.4: a 304 makes the stored response fresh again, with its body")
    func freshens() throws {
        let response = try stored(["Cache-Control": "max-age=2", "ETag": "\"a\"", "X-Old": "1", "Date": date(0)])
        let newer = try updated(response, by: ["ETag": "\"a\"", "Date": date(100)])
        #expect(newer.body == response.body && newer.status == 200 && newer.generation == 7)
        #expect(newer.lifetime.remaining(at: Self.later) == 2_000)
        #expect(newer.headers.values(of: "X-Old") == ["1"])
        #expect(newer.headers.values(of: "Date") == [date(100)])
    }

    @Test("RFC 9111, section 3.2: the fields of the 304 take the place of those of the same name")
    func replaces() throws {
        let response = try stored([
            "Cache-Control": "max-age=1", "ETag": "\"a\"", "X-A": "1", "X-A": "2", "Content-Type": "text/plain",
        ])
        let newer = try updated(
            response,
            by: [
                "Cache-Control": "max-age=50", "x-a": "3", "X-B": "4", "Content-Type": "text/html", "ETag": "\"a\"",
            ]
        )
        #expect(newer.headers.values(of: "X-A") == ["3"])
        #expect(newer.headers.values(of: "X-B") == ["4"])
        #expect(newer.headers.values(of: "Content-Type") == ["text/html"])
        #expect(newer.lifetime.freshness == 50_000)
    }

    @Test("RFC 9111, section 3.2: the fields that describe the stored bytes stay, those of the connection do not come")
    func keeps() throws {
        let response = try stored([
            "Cache-Control": "max-age=1", "ETag": "\"a\"", "Content-Length": "10", "Content-Encoding": "gzip",
        ])
        let newer = try updated(
            response,
            by: [
                "ETag": "\"a\"", "Content-Length": "0", "Content-Encoding": "br", "Content-Range": "bytes 0-1/2",
                "Connection": "x-hop", "X-Hop": "1", "Keep-Alive": "timeout=5",
            ]
        )
        #expect(newer.headers.values(of: "Content-Length") == ["10"])
        #expect(newer.headers.values(of: "Content-Encoding") == ["gzip"])
        for name in ["Content-Range", "Connection", "X-Hop", "Keep-Alive"] {
            #expect(newer.headers.values(of: name).isEmpty, "\(name)")
        }
    }

    @Test("RFC 9111, section 4.3.4: a strong validator that is not the stored one freshens nothing")
    func mismatch() throws {
        let response = try stored(["Cache-Control": "max-age=1", "ETag": "\"a\"", "Last-Modified": date(-50)])
        #expect(isInvalid(freshened(response, by: ["ETag": "\"b\""])))
        #expect(isInvalid(freshened(response, by: ["ETag": "W/\"b\""])))
        #expect(isInvalid(freshened(response, by: ["Last-Modified": date(-40)])))
        #expect(!isInvalid(freshened(response, by: ["Last-Modified": date(-50)])))
        #expect(!isInvalid(freshened(response, by: ["ETag": "W/\"a\""])))
        let weak = try stored(["Cache-Control": "max-age=1", "ETag": "W/\"a\""])
        #expect(isInvalid(freshened(weak, by: ["ETag": "\"a\""])))
    }

    @Test("RFC 9111, section 4.3.3: a 304 without validators is about the one response that was asked about")
    func noValidator() throws {
        let response = try stored(["Cache-Control": "max-age=9", "ETag": "\"a\""])
        #expect(try updated(response, by: [:]).lifetime.remaining(at: Self.later) == 9_000)
    }

    @Test("RFC 9111, section 4.3.4: a 304 that says no-store is used once")
    func usedOnce() throws {
        let response = try stored(["Cache-Control": "max-age=9", "ETag": "\"a\""])
        guard case .updatedOnce(let once, .noStore) = freshened(response, by: ["Cache-Control": "no-store"]) else {
            Issue.record("it was kept")
            return
        }
        #expect(once.body == response.body)
        #expect(ReuseRules.decision(for: once, request: get(), policy: CachePolicy(), now: Self.later) != .fresh)
    }

    @Test("RFC 9111, section 4.2.3: the age after a 304 is the age of the 304")
    func ageOfFreshened() throws {
        let response = try stored(["Cache-Control": "max-age=200", "ETag": "\"a\"", "Age": "150", "Date": date(0)])
        #expect(try updated(response, by: ["Date": date(100)]).lifetime.initialAge == 0)
        #expect(try updated(response, by: ["Date": date(100), "Age": "20"]).lifetime.initialAge == 20_000)
        #expect(try updated(response, by: [:]).headers.values(of: "Date") == [date(100)])
    }

    private func afterHEAD(
        _ stored: StoredResponse,
        _ headers: KeyValuePairs<String, String>,
        status: Int = 200
    ) -> Revalidation.Outcome {
        let request = CacheRequest(method: "HEAD")
        return Revalidation.freshened(
            stored,
            byHEAD: status,
            fields(headers),
            request: request,
            policy: CachePolicy(),
            exchange: exchange
        )
    }

    @Test("RFC 9111, section 4.3.5: a HEAD that agrees freshens the response stored for GET")
    func headAgrees() throws {
        let response = try stored(["Cache-Control": "max-age=1", "ETag": "\"a\"", "X-A": "1"])
        let outcome = afterHEAD(
            response,
            [
                "ETag": "\"a\"", "Content-Length": "10", "Cache-Control": "max-age=50", "X-A": "2",
            ]
        )
        guard case .updated(let newer) = outcome else {
            Issue.record("not updated")
            return
        }
        #expect(newer.lifetime.freshness == 50_000 && newer.headers.values(of: "X-A") == ["2"])
        #expect(newer.body == response.body)
    }

    @Test("RFC 9111, section 4.3.5: a HEAD that disagrees makes it invalid, and one that is no 200 says nothing")
    func headDisagrees() throws {
        let response = try stored(["Cache-Control": "max-age=1", "ETag": "\"a\"", "Last-Modified": date(-9)])
        #expect(isInvalid(afterHEAD(response, ["ETag": "\"b\""])))
        #expect(isInvalid(afterHEAD(response, ["Last-Modified": date(-8)])))
        #expect(isInvalid(afterHEAD(response, ["Content-Length": "11"])))
        guard case .unrelated = afterHEAD(response, ["ETag": "\"b\""], status: 410) else {
            Issue.record("a 410 was read")
            return
        }
    }
}
