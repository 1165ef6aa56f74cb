import Crypto

@testable import Identity

/// Makes tokens as an identity provider does, and some that it never would.
struct TokenMaker {
    private let signing = P256.Signing.PrivateKey()

    /// The public key as a JSON Web Key.
    func jwk(kid: String?, alg: String? = nil, use: String? = nil) -> String {
        let raw = Array(signing.publicKey.rawRepresentation)
        var members = [
            #""kty":"EC""#, #""crv":"P-256""#, #""x":"\#(Self.encode(raw.prefix(32)))""#,
            #""y":"\#(Self.encode(raw.suffix(32)))""#,
        ]
        if let kid { members.append(#""kid":"\#(kid)""#) }
        if let alg { members.append(#""alg":"\#(alg)""#) }
        if let use { members.append(#""use":"\#(use)""#) }
        return "{" + members.joined(separator: ",") + "}"
    }

    func set(_ keys: String...) -> [UInt8] { Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8) }

    func token(_ claims: String, header: String = #"{"alg":"ES256","kid":"k1"}"#) throws -> String {
        let signed = Self.encode(header.utf8) + "." + Self.encode(claims.utf8)
        let signature = try signing.signature(for: Array(signed.utf8))
        return signed + "." + Self.encode(Array(signature.rawRepresentation))
    }

    /// Signed with HMAC, as who takes a public key for a secret would.
    static func symmetric(_ claims: String, secret: [UInt8], header: String = #"{"alg":"HS256"}"#) -> String {
        let signed = encode(header.utf8) + "." + encode(claims.utf8)
        let code = HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: SymmetricKey(data: secret))
        return signed + "." + encode(Array(code))
    }

    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var bits = 0
        var count = 0
        for byte in bytes {
            bits = (bits << 8 | Int(byte)) & 0xffff
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[bits >> count & 63])
            }
        }
        if count > 0 { text.append(alphabet[bits << (6 - count) & 63]) }
        return text
    }
}
