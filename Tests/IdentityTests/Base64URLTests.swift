import Testing

@testable import Identity

@Suite("Base64url")
struct Base64URLTests {
    @Test(
        "decodes what RFC 4648 gives as its vectors, without padding",
        arguments: [("", ""), ("Zg", "f"), ("Zm8", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob"), ("Zm9vYmE", "fooba")]
    )
    func vectors(text: String, decoded: String) {
        #expect(Base64URL.decode(text.utf8) == Array(decoded.utf8))
    }

    @Test(
        "one value has one encoding",
        arguments: ["Zg==", "Zh", "Zm9=", "Z", "Zm9vY", "Zm 9", "Zm9v\n", "a+b/", "Zm8.", "Ä"]
    )
    func refused(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test("knows the characters that base64 has not")
    func alphabet() {
        #expect(Base64URL.decode("-_-_".utf8) == [0xfb, 0xff, 0xbf])
    }

    @Test("credentials of Basic are a name, a colon and the rest")
    func basic() {
        let pair = BasicCredentials("QWxhZGRpbjpvcGVuOnNlc2FtZQ==")
        #expect(pair?.user == "Aladdin")
        #expect(pair?.password == "open:sesame")
        #expect(BasicCredentials("QWxhZGRpbg==") == nil, "no colon")
        #expect(BasicCredentials("YQ06Yg==") == nil, "a control character")
        #expect(BasicCredentials("=QWxhZGRpbjpvcGVu") == nil)
        #expect(BasicCredentials("") == nil)
    }
}
