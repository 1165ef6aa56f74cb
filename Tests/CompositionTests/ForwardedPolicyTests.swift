import CurlTransport
import Testing

@testable import Composition

@Suite("What a backend is told of the client")
struct ForwardedPolicyTests {
    private static let received = [
        HeaderField(name: "X-Forwarded-For", value: "10.9.9.9"),
        HeaderField(name: "x-forwarded-host", value: "evil.example"),
        HeaderField(name: "Forwarded", value: "for=10.9.9.9"),
    ]

    private func told(_ policy: ForwardedPolicy, by field: ForwardedPolicy, address: String = "192.0.2.1") -> [String] {
        let client = ClientOfRequest(address: address, peer: "10.0.0.1", host: "h", isSecure: true, toldIn: field)
        return policy.fields(of: client, received: Self.received).map { "\($0.name): \($0.value)" }
    }

    @Test("a chain is passed on in the field in which trusted proxies speak, and made anew in the other one")
    func chains() {
        #expect(told(.xForwarded, by: .xForwarded).first == "X-Forwarded-For: 10.9.9.9, 10.0.0.1")
        #expect(told(.rfc7239, by: .rfc7239) == [#"Forwarded: for=10.9.9.9, for=10.0.0.1;proto=https;host="h""#])
        #expect(
            told(.xForwarded, by: .rfc7239) == [
                "X-Forwarded-For: 192.0.2.1, 10.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: h",
            ]
        )
        #expect(told(.rfc7239, by: .xForwarded) == [#"Forwarded: for=192.0.2.1, for=10.0.0.1;proto=https;host="h""#])
        #expect(told(.none, by: .xForwarded).isEmpty)
    }

    @Test("nothing that a client says is passed on where nobody speaks for it")
    func alone() {
        #expect(
            told(.xForwarded, by: .xForwarded, address: "10.0.0.1") == [
                "X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: h",
            ]
        )
        #expect(
            told(.rfc7239, by: .rfc7239, address: "10.0.0.1") == [#"Forwarded: for=10.0.0.1;proto=https;host="h""#]
        )
    }

    @Test("of what is forwarded, hosts and schemes are another reply's, and addresses are not")
    func origins() {
        let fields = [HeaderField(name: "forwarded", value: #"for=a;Host="h" , proto=http; by=b, for=c"#)]
        #expect(ForwardedPolicy.origins(in: fields) == [#"host="h" "#, "proto=http"])
    }
}
