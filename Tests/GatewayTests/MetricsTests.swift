import CurlTransport
import Replay
import Testing

@testable import Gateway

@Suite("Metrics")
struct MetricsTests {
    @Test("a histogram's buckets sum up, and end with all")
    func histogram() {
        var histogram = DurationHistogram()
        for milliseconds in [0.5, 1, 3, 60, 99_000] { histogram.add(nanoseconds: UInt64(milliseconds * 1e6)) }
        var metrics = MetricsText()
        metrics.begin("a_seconds", .histogram, "Help.")
        metrics.histogram("a_seconds", [("b", "c\"\\\n")], histogram)
        let lines = metrics.text.split(separator: "\n").map(String.init)
        let label = #"b="c\"\\\n""#
        #expect(lines.prefix(2) == ["# HELP a_seconds Help.", "# TYPE a_seconds histogram"])
        #expect(lines.contains("a_seconds_bucket{\(label),le=\"0.001\"} 2"))
        #expect(lines.contains("a_seconds_bucket{\(label),le=\"0.005\"} 3"))
        #expect(lines.contains("a_seconds_bucket{\(label),le=\"10.0\"} 4"))
        #expect(lines.contains("a_seconds_bucket{\(label),le=\"+Inf\"} 5"))
        #expect(lines.contains("a_seconds_count{\(label)} 5"))
        #expect(lines.contains("a_seconds_sum{\(label)} 99.0645"))
    }

    @Test("requests count by endpoint and status, backends by status and reason; clients that leave, too")
    func counts() async throws {
        let compositions = [
            #"{"endpoint": "GET /a/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}", "fallback": null}}}"#,
            #"{"endpoint": "GET /slow", "calls": {"u": {"backend": "users", "path": "/slow"}}}"#,
        ]
        let fixtures = [
            "users/1": #"{"request": {"path": "/u/1"}, "response": {"body": 1}}"#,
            "users/2": #"{"request": {"path": "/u/2"}, "response": {"fault": "reset"}}"#,
            "users/slow": #"{"request": {"path": "/slow"}, "response": {"fault": "timeout"}}"#,
        ]
        try await withGateway(compositions, fixtures: fixtures) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            for path in ["/a/1", "/a/1", "/a/2", "/none"] {
                _ = try await client.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            let leaver = try FrontTestClient(port: port)
            try await leaver.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            try await replay.waitUntil("users") { $0.requests["slow"] == 1 }
            leaver.disconnect()
            var counts = await gateway.counts()
            // The loop hears of the client's end a moment after the connection.
            while counts.requests.endpoints["GET /slow"]?.statuses[499] == nil
                || counts.backends.contains(where: { $0.inFlight > 0 })
            {
                try await Task.sleep(for: .milliseconds(5))
                counts = await gateway.counts()
            }
            let endpoint = counts.requests.endpoints["GET /a/{id}"]
            #expect(endpoint?.statuses == [200: 3])
            #expect(endpoint?.partial == 1)
            #expect(endpoint?.durations.counts.reduce(0, +) == 3)
            #expect(counts.requests.endpoints[""]?.statuses == [404: 1])
            #expect(counts.requests.connections >= 1)
            let users = counts.backends.first { $0.name == "users" }
            #expect(users?.statuses == [200: 2])
            #expect(users?.failures["connection_terminated"] == 1)
            #expect(users?.inFlight == 0 && users?.queued == 0)
            client.disconnect()
            _ = await gateway.stop()
        }
    }
}
