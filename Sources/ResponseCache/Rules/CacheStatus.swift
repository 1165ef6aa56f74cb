public import CurlTransport

/// How the cache dealt with a request, as `Cache-Status` says it (RFC 9211).
public struct CacheStatus: Hashable, Sendable {
    /// Why a request went to the origin (section 2.2).
    public enum Forwarded: String, Hashable, Sendable, CaseIterable {
        /// The cache was told not to deal with it.
        case bypass
        /// Its method's semantics require it.
        case method
        /// Nothing is stored for its URL.
        case uriMiss = "uri-miss"
        /// Something is stored for its URL, but not for its fields.
        case varyMiss = "vary-miss"
        /// Nothing stored fits, and why is not known.
        case miss
        /// What is stored is fresh, but the request asks for newer.
        case request
        /// What is stored is stale.
        case stale
        /// Only a part of it is stored.
        case partial
    }

    public enum Outcome: Hashable, Sendable {
        /// Answered without the origin (section 2.1).
        case hit
        case forwarded(Forwarded)
    }

    public var outcome: Outcome
    /// What the origin answered, when it is not what the client gets (section 2.3).
    public var forwardedStatus: Int?
    /// The remaining lifetime in milliseconds, negative when it is over (section 2.4).
    public var remaining: Int64?
    /// Whether the response was kept (section 2.5).
    public var isStored: Bool
    /// Whether it waited for another request's answer instead of being sent itself (section 2.6).
    public var isCollapsed: Bool
    /// Anything else, for people (section 2.8).
    public var detail: String?

    public init(
        _ outcome: Outcome,
        forwardedStatus: Int? = nil,
        remaining: Int64? = nil,
        isStored: Bool = false,
        isCollapsed: Bool = false,
        detail: String? = nil
    ) {
        self.outcome = outcome
        self.forwardedStatus = forwardedStatus
        self.remaining = remaining
        self.isStored = isStored
        self.isCollapsed = isCollapsed
        self.detail = detail
    }

    /// The field's name.
    public static let fieldName = "Cache-Status"

    /// The member of the list that is this cache's: `Medley; hit; ttl=30`.
    public var text: String {
        var text = "Medley"
        switch outcome {
        case .hit: text += "; hit"
        case .forwarded(let reason): text += "; fwd=\(reason.rawValue)"
        }
        if let forwardedStatus { text += "; fwd-status=\(forwardedStatus)" }
        if let remaining { text += "; ttl=\(Self.seconds(remaining))" }
        if isStored { text += "; stored" }
        if isCollapsed { text += "; collapsed" }
        if let detail { text += "; detail=\(Self.item(detail))" }
        return text
    }

    /// Adds the field behind those that caches nearer to the origin sent (section 2).
    public func append(to headers: inout [HeaderField]) {
        headers.append(HeaderField(name: Self.fieldName, value: text))
    }

    /// Rounded down, so that a lifetime is never said to be longer than it is.
    private static func seconds(_ milliseconds: Int64) -> Int64 {
        let quotient = milliseconds / 1_000
        return milliseconds % 1_000 < 0 ? quotient - 1 : quotient
    }

    /// A token where the text is one, else a string (RFC 9651, sections 3.3.3 and 3.3.4). What a string cannot hold becomes
    /// a question mark.
    private static func item(_ text: String) -> String {
        if let first = text.utf8.first, ASCII.isLetter(first), HeaderValidation.isToken(text) { return text }
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append((0x20...0x7E).contains(character.value) ? character : "?")
        }
        return quoted + "\""
    }
}
