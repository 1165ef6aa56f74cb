import Testing

@testable import Gateway

@Suite("Edge: the client behind trusted proxies")
struct ForwardedChainTests {
    private static let trusted = try? AddressList(
        ["10.0.0.0/8", "2001:db8:ffff::/48", "127.0.0.1"].map { try CIDR(parsing: $0) }
    )

    private func client(
        _ field: ForwardedChain.Field,
        peer: String = "10.0.0.1",
        _ lines: [String],
        proto: [String] = []
    ) throws -> (String, Bool?) {
        let chain = ForwardedChain(trusted: try #require(Self.trusted), field: field)
        let client = chain.client(peer: try #require(IPAddress(peer))) { name in
            switch name {
            case "forwarded": field == .forwarded ? lines : ["for=203.0.113.66;proto=https"]
            case "x-forwarded-for": field == .xForwardedFor ? lines : ["203.0.113.66"]
            case "x-forwarded-proto": proto
            default: []
            }
        }
        return (client.address.description, client.isSecure)
    }

    @Test(
        "X-Forwarded-For is read from its end, to the first that is not trusted",
        arguments: [
            ([], "10.0.0.1"), ([""], "10.0.0.1"), (["203.0.113.7"], "203.0.113.7"),
            // What the client has sent stands before, and is not believed.
            (["198.51.100.1, 203.0.113.7"], "203.0.113.7"), (["127.0.0.1, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            (["10.9.9.9, 10.0.0.2"], "10.9.9.9"), (["203.0.113.7,10.0.0.3 ,\t10.0.0.2"], "203.0.113.7"),
            // Several lines are one list.
            (["198.51.100.1", "203.0.113.7", "10.0.0.2"], "203.0.113.7"),
            (["203.0.113.7", "", "10.0.0.2,"], "203.0.113.7"),
            // Ports and brackets, as some proxies write them.
            (["203.0.113.7:4711"], "203.0.113.7"), (["[2001:db8::7]:4711"], "2001:db8::7"),
            (["[2001:db8::7]"], "2001:db8::7"),
            (["2001:db8::7"], "2001:db8::7"), (["::ffff:203.0.113.7"], "203.0.113.7"),
            (["203.0.113.7, 2001:db8:ffff::1"], "203.0.113.7"), (["203.0.113.7, ::ffff:10.0.0.2"], "203.0.113.7"),
            // Empty members are none.
            ([",, 203.0.113.7,, 10.0.0.2, ,"], "203.0.113.7"), ([",", " , "], "10.0.0.1"),
            // What cannot be read ends the search.
            (["203.0.113.7, unknown"], "10.0.0.1"), (["203.0.113.7, unknown, 10.0.0.2"], "10.0.0.2"),
            (["203.0.113.7, _hidden, 10.0.0.2"], "10.0.0.2"), (["203.0.113.7, 300.1.1.1, 10.0.0.2"], "10.0.0.2"),
            (["203.0.113.7, \"10.0.0.3\", 10.0.0.2"], "10.0.0.2"), (["203.0.113.7, 10.0.0.3:x, 10.0.0.2"], "10.0.0.2"),
            (["203.0.113.7, [10.0.0.3], 10.0.0.2"], "10.0.0.2"), (["203.0.113.7, [::1, 10.0.0.2"], "10.0.0.2"),
            (["203.0.113.7, [2001:db8:ffff::1]x, 10.0.0.2"], "10.0.0.2"), (["203.0.113.7, fe80::1%eth0"], "10.0.0.1"),
            (["203.0.113.7 10.0.0.3, 10.0.0.2"], "10.0.0.2"),
        ]
    )
    func xForwardedFor(lines: [String], client expected: String) throws {
        #expect(try client(.xForwardedFor, lines).0 == expected)
    }

    @Test("nothing is believed of a peer that is not trusted")
    func untrustedPeer() throws {
        for field in ForwardedChain.Field.allCases {
            let found = try client(field, peer: "203.0.113.9", ["for=198.51.100.1;proto=https"], proto: ["https"])
            #expect(found.0 == "203.0.113.9")
            #expect(found.1 == nil)
        }
        #expect(try client(.xForwardedFor, peer: "::ffff:10.0.0.1", ["203.0.113.7"]).0 == "203.0.113.7")
    }

    @Test(
        "Forwarded is read as RFC 7239 has it, from its end",
        arguments: [
            (["for=203.0.113.7"], "203.0.113.7", nil), (["For=\"203.0.113.7:80\""], "203.0.113.7", nil),
            (["for=\"[2001:db8::7]:4711\""], "2001:db8::7", nil),
            (["for=\"[2001:db8::7]\";proto=https"], "2001:db8::7", true),
            (["for=203.0.113.7;proto=http;by=203.0.113.43;host=a.example"], "203.0.113.7", false),
            (["proto=HTTPS ; FOR=203.0.113.7"], "203.0.113.7", true),
            (
                ["for=198.51.100.1;proto=http, for=203.0.113.7;proto=https, for=10.0.0.2;proto=http"], "203.0.113.7",
                true
            ),
            (["for=198.51.100.1", "for=203.0.113.7", "for=10.0.0.2"], "203.0.113.7", nil),
            // The outermost proxy that says so.
            (["for=203.0.113.7, for=10.0.0.2;proto=https"], "203.0.113.7", true),
            (["for=203.0.113.7;host=\"a,b;c=d\", for=10.0.0.2"], "203.0.113.7", nil),
            // What a client has begun cannot swallow what a proxy appends.
            (["for=\", for=203.0.113.7"], "203.0.113.7", nil), (["for=\"\\", "for=203.0.113.7"], "203.0.113.7", nil),
            (["x=\"y, for=203.0.113.7, for=10.0.0.2"], "203.0.113.7", nil),
            ([",;,for=203.0.113.7;,"], "203.0.113.7", nil),
            // Not to be told, or not readable: the search ends.
            (["for=203.0.113.7, for=unknown"], "10.0.0.1", nil),
            (["for=203.0.113.7, for=_hidden, for=10.0.0.2"], "10.0.0.2", nil),
            (["for=203.0.113.7, for=_SEVKISEK, for=10.0.0.2;proto=https"], "10.0.0.2", true),
            (["for=203.0.113.7, proto=https"], "10.0.0.1", nil),
            (["for=203.0.113.7, for=10.0.0.3 x, for=10.0.0.2"], "10.0.0.2", nil),
            (["for=203.0.113.7, for=10.0.0.3;for=10.0.0.4, for=10.0.0.2"], "10.0.0.2", nil),
            (["for=203.0.113.7, for=, for=10.0.0.2"], "10.0.0.2", nil),
            (["for=203.0.113.7, =10.0.0.3"], "10.0.0.1", nil),
            (["for=203.0.113.7, for=\"10.0.0.3"], "10.0.0.1", nil),
            (["for=203.0.113.7, for=\"10.0.\\0.3\""], "10.0.0.1", nil),
            (["for=203.0.113.7, for=\"_gazonk:_port\""], "10.0.0.1", nil),
            (["for=\"203.0.113.7:_port\""], "203.0.113.7", nil), (["203.0.113.7"], "10.0.0.1", nil),
        ] as [([String], String, Bool?)]
    )
    func forwarded(lines: [String], client expected: String, isSecure: Bool?) throws {
        let found = try client(.forwarded, lines)
        #expect(found.0 == expected)
        #expect(found.1 == isSecure)
    }

    @Test(
        "X-Forwarded-Proto belongs to the hop that the client is found at",
        arguments: [
            (["203.0.113.7"], ["https"], true), (["203.0.113.7"], ["http"], false), (["203.0.113.7"], [], nil),
            // The client's own word stands before.
            (["203.0.113.7"], ["https, http"], false), (["203.0.113.7"], ["https", "http"], false),
            // Every proxy appends: the member of the proxy that saw the client.
            (["203.0.113.7, 10.0.0.2"], ["https, http"], true),
            (["1.1.1.1, 203.0.113.7, 10.0.0.2"], ["x, https, http"], true),
            // Only the nearest says.
            (["203.0.113.7, 10.0.0.2"], ["https"], true), ([], ["https"], true), (["203.0.113.7"], ["WSS"], true),
            (["203.0.113.7"], ["gopher"], nil), (["203.0.113.7"], [" , https,"], true),
        ] as [([String], [String], Bool?)]
    )
    func proto(lines: [String], proto: [String], isSecure: Bool?) throws {
        #expect(try client(.xForwardedFor, lines, proto: proto).1 == isSecure)
    }

    @Test("a thousand members are read as three are")
    func long() throws {
        let many = (0..<1000).map { "10.0.\($0 / 256).\($0 % 256)" }
        let list = (["203.0.113.7"] + many).joined(separator: ", ")
        #expect(try client(.xForwardedFor, [list]).0 == "203.0.113.7")
        #expect(try client(.xForwardedFor, ["203.0.113.7"] + many).0 == "203.0.113.7")
        #expect(try client(.xForwardedFor, [String(repeating: ",", count: 30_000)]).0 == "10.0.0.1")
        let elements = (["203.0.113.7"] + many).map { "for=\($0)" }
        #expect(try client(.forwarded, [elements.joined(separator: ",")]).0 == "203.0.113.7")
        #expect(try client(.forwarded, [String(repeating: "\"", count: 30_001)]).0 == "10.0.0.1")
        #expect(try client(.forwarded, [String(repeating: ";", count: 30_000)]).0 == "10.0.0.1")
    }
}
