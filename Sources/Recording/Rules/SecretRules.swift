#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which names belong to secrets, and which texts are secrets whatever their names.
///
/// A guess on the safe side: what is redacted wrongly shows when a fixture is read, what is not goes into a repository.
public struct SecretRules: Sendable {
    /// What stands for a secret text.
    public static let placeholder = "REDACTED"

    /// Names that are no secrets here, as `folded` spells them.
    private let exempt: Set<String>

    /// - Parameter exempt: names of headers, query parameters and members that look like secrets' and are none.
    public init(exempt: some Sequence<String> = []) {
        self.exempt = Set(exempt.map(Self.folded))
    }

    /// Letters and digits alone, letters small: `X-Api-Key`, `api_key` and `apiKey` are one name.
    private static func folded(_ name: some StringProtocol) -> String {
        let kept = name.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xFF: byte
            default: nil
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    // MARK: Names

    /// Whether an operator has said that the values of this name are none.
    public func isExempt(_ name: some StringProtocol) -> Bool {
        !exempt.isEmpty && exempt.contains(Self.folded(name))
    }

    public func isSecret(header name: String) -> Bool {
        let name = Self.folded(name)
        guard !exempt.contains(name) else { return false }
        return ["cookie", "setcookie", "cookie2", "setcookie2"].contains(name)
            || Self.isSecret(name, endings: Self.ofKeys)
    }

    /// A parameter of a query or of a form.
    public func isSecret(parameter name: some StringProtocol) -> Bool {
        let name = Self.folded(name)
        return !exempt.contains(name) && Self.isSecret(name, endings: Self.ofKeys)
    }

    /// A member of a JSON object. A plain `key` is none: too many APIs name ordinary things so.
    public func isSecret(member name: String) -> Bool {
        let name = Self.folded(name)
        return !exempt.contains(name) && Self.isSecret(name, endings: [])
    }

    private static func isSecret(_ name: String, endings others: [String]) -> Bool {
        if names.contains(name) || others.contains(name) { return true }
        guard let ending = (endings + others.dropFirst()).first(where: name.hasSuffix) else { return false }
        guard ending == "token" else { return true }
        let rest = name.dropLast(ending.count)
        return !pagingWords.contains { rest.hasSuffix($0) }
    }

    private static let names: Set<String> = [
        "authorization", "proxyauthorization", "pwd", "sig", "jwt", "otp", "cvv", "cvc", "sessionid", "passwordhash",
        "passwordsalt",
    ]

    private static let endings = [
        "token", "password", "passwd", "passphrase", "secret", "apikey", "accesskey", "accesskeyid", "secretkey",
        "privatekey", "signingkey", "encryptionkey", "signature", "credential", "credentials",
    ]

    /// The first as a whole name, the others at a name's end, too.
    private static let ofKeys = ["key", "authkey", "subscriptionkey", "functionskey"]

    /// A token behind one of these is a place in a list.
    private static let pagingWords = [
        "page", "paging", "pagination", "next", "prev", "previous", "continuation", "sync", "delta", "cursor", "start",
        "resume", "skip",
    ]

    // MARK: Texts

    /// The text without what is secret in it: a credential of a well-known form, or secret parameters and passwords of the
    /// URLs, whole or relative, that stand in it. Nil when there is nothing secret in it.
    public func redacted(_ text: String) -> String? { redacted(text, depth: 0) }

    /// - Parameter depth: how many layers of percent-encoding were taken off the text.
    func redacted(_ text: String, depth: Int) -> String? {
        guard text.utf8.count >= 8 else { return nil }
        if let scheme = Self.scheme(of: text) { return scheme + Self.placeholder }
        if Self.isCredential(text) { return Self.placeholder }
        return TextRedaction.text(text, self, depth: depth)
    }

    /// The scheme as it is written, with a space, of the credentials of an `Authorization` field (RFC 9110, section 11.4:
    /// in any case); nil for any other text, and for what is redacted already.
    private static func scheme(of text: String) -> String? {
        guard let space = text.firstIndex(of: " ") else { return nil }
        let rest = text[text.index(after: space)...]
        guard rest.utf8.count >= 8, rest != placeholder, !rest.contains(" ") else { return nil }
        let isSecret =
            switch text[..<space].lowercased() {
            case "bearer": true
            // A name and a password (RFC 7617, section 2); other words follow "Basic", too.
            case "basic": Data(base64Encoded: String(rest))?.contains(UInt8(ascii: ":")) ?? false
            default: false
            }
        return isSecret ? String(text[...space]) : nil
    }

    /// Whether the whole text is a credential of a well-known form.
    static func isCredential(_ text: String) -> Bool {
        if text.hasPrefix("-----BEGIN "), text.contains("PRIVATE KEY-----") { return true }
        guard text.utf8.count >= 16, text.utf8.allSatisfy(isTokenByte) else { return false }
        if text.hasPrefix("eyJ"), text.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2 { return true }
        return prefixes.contains(where: text.hasPrefix)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// How keys of GitHub, GitLab, Slack, Stripe, AWS, Google, SendGrid and Shopify begin.
    private static let prefixes = [
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "sk_live_",
        "rk_live_", "AKIA", "ASIA", "AIza", "ya29.", "SG.", "shpat_",
    ]
}
