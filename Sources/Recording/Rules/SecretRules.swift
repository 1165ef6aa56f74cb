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

    /// The text without what is secret in it: a credential of a well-known form, or a URL with a secret parameter or a
    /// password. Nil when there is nothing secret in it.
    public func redacted(_ text: String) -> String? {
        guard text.utf8.count >= 8 else { return nil }
        if let scheme = Self.scheme(of: text) { return scheme + Self.placeholder }
        if Self.isCredential(text) { return Self.placeholder }
        return redactedURL(text)
    }

    /// The scheme, with a space, of the credentials of an `Authorization` field (RFC 9110, section 11.4); nil for any other
    /// text, and for what is redacted already.
    private static func scheme(of text: String) -> String? {
        guard let space = text.firstIndex(of: " ") else { return nil }
        let rest = text[text.index(after: space)...]
        guard rest.utf8.count >= 8, rest != placeholder, !rest.contains(" ") else { return nil }
        switch text[..<space] {
        case "Bearer": return "Bearer "
        // A name and a password (RFC 7617, section 2); other words follow "Basic", too.
        case "Basic": return Data(base64Encoded: String(rest))?.contains(UInt8(ascii: ":")) ?? false ? "Basic " : nil
        default: return nil
        }
    }

    private static func isCredential(_ text: String) -> Bool {
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

    /// A URL, or a path with a query, with its secret parameters and its password replaced; nil when it has none.
    func redactedURL(_ text: String) -> String? {
        guard text.hasPrefix("/") || text.contains("://"), !text.contains(" ") else { return nil }
        var result = text
        if let mark = text.firstIndex(of: "?") {
            let parts = text[text.index(after: mark)...].split(
                separator: "#",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let query = redactedForm(parts.first ?? "") ?? String(parts.first ?? "")
            result = text[...mark] + query + (parts.count > 1 ? "#" + parts[1] : "")
        }
        if let scheme = result.firstRange(of: "://") {
            let authority = result[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
            if let at = authority.lastIndex(of: "@"), authority[..<at].contains(":") {
                result.replaceSubrange(authority.startIndex..<at, with: Self.placeholder)
            }
        }
        return result == text ? nil : result
    }

    /// Name-value pairs, percent-encoded and joined by `&`, with the values of secret names replaced; nil when there are
    /// none.
    func redactedForm(_ text: some StringProtocol) -> String? {
        var changed = false
        let pairs = text.split(separator: "&", omittingEmptySubsequences: false).map { pair -> String in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty, parts[1] != Self.placeholder, !isExempt(parts[0]),
                isSecret(parameter: parts[0]) || Self.isCredential(String(parts[1]))
            else { return String(pair) }
            changed = true
            return "\(parts[0])=\(Self.placeholder)"
        }
        return changed ? pairs.joined(separator: "&") : nil
    }
}
