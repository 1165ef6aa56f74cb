import Testing

@testable import ResponseCache

@Suite("Address of Redis") struct RedisAddressTests {
    private func read(_ text: String, hasTLS: Bool = true) throws -> RedisAddress {
        try RedisAddress(text, hasTLS: hasTLS)
    }

    @Test("host, port and database have defaults")
    func defaults() throws {
        let address = try read("redis://cache.internal")
        #expect(address.place == .tcp(host: "cache.internal", port: 6379))
        #expect(address.database == 0 && address.user == nil && address.password == nil && !address.usesTLS)
        #expect(try read("redis://cache.internal/").database == 0)
    }

    @Test("user and password are percent-decoded, and the last @ ends them")
    func credentials() throws {
        let address = try read("redis://me%3A:p%40ss@w%2Ford@127.0.0.1:7000/3")
        #expect(address.user == "me:" && address.password?.text == "p@ss@w/ord")
        #expect(address.place == .tcp(host: "127.0.0.1", port: 7000) && address.database == 3)
        #expect(try read("redis://:secret@h").user == nil)
        #expect(try read("redis://:secret@h").password?.text == "secret")
    }

    @Test("an IPv6 address stands in brackets")
    func version6() throws {
        #expect(try read("redis://[::1]:7000/1").place == .tcp(host: "::1", port: 7000))
        #expect(try read("redis://[::1]").description == "redis://[::1]:6379")
        #expect(throws: RedisAddressError.badHost) { try read("redis://[::1") }
        #expect(throws: RedisAddressError.badHost) { try read("redis://[::1]7000") }
        #expect(throws: RedisAddressError.badHost) { try read("redis://[]") }
    }

    @Test("a Unix socket is a whole path, with the database behind it")
    func unix() throws {
        let address = try read("unix:///run/redis/redis%20a.sock?db=2")
        #expect(address.place == .unix(path: "/run/redis/redis a.sock") && address.database == 2)
        #expect(try read("unix://:pw@/run/redis.sock").password?.text == "pw")
        #expect(throws: RedisAddressError.relativePath) { try read("unix://run/redis.sock") }
        #expect(throws: RedisAddressError.relativePath) { try read("unix://") }
        #expect(throws: RedisAddressError.relativePath) { try read("unix:///a%00b") }
        #expect(throws: RedisAddressError.longPath) { try read("unix:///" + String(repeating: "a", count: 107)) }
        #expect(throws: RedisAddressError.query) { try read("unix:///a?database=2") }
        #expect(throws: RedisAddressError.badDatabase("x")) { try read("unix:///a?db=x") }
    }

    @Test("TLS is refused, with the way out, where hiredis has none")
    func tls() throws {
        #expect(try read("rediss://h").usesTLS)
        let error = #expect(throws: RedisAddressError.self) { try read("rediss://h", hasTLS: false) }
        #expect(error?.description.contains("stunnel") == true)
    }

    @Test(
        "what is no address is told in a sentence",
        arguments: [
            ("127.0.0.1:6379", RedisAddressError.noScheme), ("http://h", .noScheme), ("redis:h", .noScheme),
            ("redis://", .badHost), ("redis://h:0", .badPort("0")), ("redis://h:65536", .badPort("65536")),
            ("redis://h:", .badPort("")), ("redis://h:9999999999999999999", .badPort("9999999999999999999")),
            ("redis://h/x", .badDatabase("x")), ("redis://h/-1", .badDatabase("-1")), ("redis://h?db=1", .query),
            ("redis://user@h", .noPassword), ("redis://user:@h", .noPassword), ("redis://:%4@h", .badEncoding),
            ("redis://:%zz@h", .badEncoding), ("redis://:%ff@h", .badEncoding), ("redis://h h", .notVisible),
            ("redis://hé", .notVisible),
        ]
    )
    func faults(text: String, error: RedisAddressError) {
        #expect(throws: error) { try read(text) }
        #expect(!error.description.isEmpty)
    }

    @Test("the password is in no description, dump or error")
    func secrecy() throws {
        let address = try read("redis://me:hunter2@h/1")
        var dumped = ""
        dump(address, to: &dumped)
        for text in [dumped, "\(address)", String(reflecting: address), "\(address.password as Any)"] {
            #expect(!text.contains("hunter2"))
        }
        for text in ["redis://:hunter2@h:x", "redis://:hunter2@h/x", "redis://:hunter2@", "redis://me:hunter2@[::1"] {
            let error = #expect(throws: RedisAddressError.self) { try read(text) }
            #expect(error.map { !"\($0)\(String(reflecting: $0))".contains("hunter2") } == true)
        }
    }

    @Test("a prefix with braces, blanks or nothing in it is refused")
    func prefix() {
        #expect(RedisSettings.fault(ofPrefix: "medley") == nil)
        for prefix in ["", "a b", "{a}", "é", String(repeating: "a", count: 65)] {
            #expect(RedisSettings.fault(ofPrefix: prefix) != nil)
        }
    }
}
