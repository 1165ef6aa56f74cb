import Testing

@testable import Gateway

@Suite("Edge: addresses")
struct IPAddressTests {
    @Test(
        "an address has one text form, whatever it was written as",
        arguments: [
            ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("192.0.2.1", "192.0.2.1"),
            ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::0001", "2001:db8::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"), ("::192.0.2.1", "::c000:201"),
            ("fe80::1", "fe80::1"),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ]
    )
    func text(written: String, shown: String) throws {
        let address = try #require(IPAddress(written))
        #expect(address.description == shown)
        #expect(IPAddress(shown) == address)
    }

    @Test(
        "what is no address is none",
        arguments: [
            "", ".", ":", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.1000", "01.2.3.4", "1.2.3.04", "1..2.3",
            "1.2.3.4 ",
            " 1.2.3.4", "1.2.3.-4", "0x1.2.3.4", "a.b.c.d", ":::", "::1::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "1:", ":1", "::1:", "::1.2.3", "1.2.3.4::",
            "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "fe80::1%eth0", "[::1]", "::1/64", "1.2.3.4:80", "١.2.3.4",
            String(repeating: "1:", count: 60),
        ]
    )
    func malformed(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("a block is written with its prefix, and holds the addresses of its family")
    func blocks() throws {
        func block(_ text: String) throws -> CIDR { try CIDR(parsing: text) }
        func holds(_ block: String, _ address: String) throws -> Bool {
            try CIDR(parsing: block).contains(try #require(IPAddress(address)))
        }
        #expect(try block("10.0.0.0/8").description == "10.0.0.0/8")
        #expect(try block("192.0.2.1").prefix == 32)
        #expect(try block("::1").prefix == 128)
        #expect(try block("::ffff:10.0.0.0/104") == block("10.0.0.0/8"))
        #expect(try holds("10.0.0.0/8", "10.255.255.255"))
        #expect(try !holds("10.0.0.0/8", "11.0.0.0"))
        #expect(try holds("10.0.0.0/8", "::ffff:10.1.2.3"))
        #expect(try holds("0.0.0.0/0", "255.1.2.3"))
        #expect(try !holds("0.0.0.0/0", "::1"))
        #expect(try !holds("::/0", "1.2.3.4"))
        #expect(try holds("::/0", "ffff::"))
        #expect(try holds("2001:db8::/65", "2001:db8::7fff:ffff:ffff:ffff"))
        #expect(try !holds("2001:db8::/65", "2001:db8::8000:0:0:0"))
        #expect(try holds("192.0.2.1", "192.0.2.1"))
    }

    @Test(
        "what is no block is none",
        arguments: [
            "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10/8", "::/129",
            "::/ 1",
            "::ffff:10.0.0.0/95", "::ffff:10.0.0.0/129", "10.0.0.0/255.0.0.0", "10.0.0.0/99999999999999999999",
        ]
    )
    func malformedBlocks(text: String) {
        #expect(throws: CIDR.Fault.malformed) { try CIDR(parsing: text) }
    }

    @Test("a block with bits behind its prefix names the one that was meant")
    func hostBits() throws {
        let meant = try CIDR(parsing: "10.0.0.0/8")
        #expect(throws: CIDR.Fault.hostBits(meant)) { try CIDR(parsing: "10.1.0.0/8") }
    }

    @Test("a list of overlapping blocks finds what any of them has, and nothing else")
    func lists() throws {
        let texts = (0..<250).map { "10.\($0).0.0/17" } + ["10.3.0.0/16", "10.3.4.0/24", "10.3.4.5", "2001:db8::/32"]
        let blocks = try texts.map { try CIDR(parsing: $0) }
        let list = AddressList(blocks.reversed())
        for second in 0..<256 {
            for third in [0, 127, 128, 255] {
                for fourth in [0, 255] {
                    let address = try #require(IPAddress("10.\(second).\(third).\(fourth)"))
                    #expect(list.contains(address) == blocks.contains { $0.contains(address) }, "\(address)")
                }
            }
        }
        for (text, isIn) in [("9.255.255.255", false), ("2001:db8:ffff::", true), ("2001:db9::", false), ("::", false)]
        {
            let address = try #require(IPAddress(text))
            #expect(list.contains(address) == isIn)
        }
        let loopback = try #require(IPAddress("::1"))
        #expect(!AddressList().contains(loopback))
    }

    @Test("denied wins over allowed; nobody is allowed beside a list of who is")
    func rules() throws {
        func list(_ texts: String...) throws -> AddressList { AddressList(try texts.map { try CIDR(parsing: $0) }) }
        func address(_ text: String) -> IPAddress? { IPAddress(text) }
        let rules = AddressRules(allow: try list("10.0.0.0/8"), deny: try list("10.1.0.0/16"))
        #expect(rules.admits(address("10.2.0.1")))
        #expect(!rules.admits(address("10.1.0.1")))
        #expect(!rules.admits(address("11.0.0.1")))
        #expect(!rules.admits(nil))
        let denying = AddressRules(deny: try list("10.1.0.0/16"))
        #expect(denying.admits(address("11.0.0.1")))
        #expect(denying.admits(nil))
    }

    @Test("connections count by address, those of IPv6 by their first 64 bits")
    func counts() throws {
        func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
        var counts = AddressCounts(limit: 2)
        func opened(_ text: String) throws -> Bool { counts.opened(try address(text)) }
        #expect(try opened("192.0.2.1"))
        #expect(try opened("::ffff:192.0.2.1"))
        #expect(try !opened("192.0.2.1"))
        #expect(try opened("192.0.2.2"))
        #expect(try opened("2001:db8::1"))
        #expect(try opened("2001:db8::2"))
        #expect(try !opened("2001:db8::ffff:3"))
        #expect(try opened("2001:db8:0:1::1"))
        counts.closed(try address("192.0.2.1"))
        #expect(try opened("192.0.2.1"))
        for text in ["192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::9", "2001:db8::8", "2001:db8:0:1::"] {
            counts.closed(try address(text))
        }
        #expect(counts.size == 0)
        counts.closed(try address("192.0.2.1"))
        #expect(counts.size == 0)
    }
}
