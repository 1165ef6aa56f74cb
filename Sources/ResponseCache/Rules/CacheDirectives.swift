/// What a message says of caching: the directives of `Cache-Control` (RFC 9111, section 5.2), or of `CDN-Cache-Control` in
/// its place (RFC 9213). Durations are milliseconds.
///
/// A directive that is given twice counts by its first occurrence (section 4.2.1). A number that is not one is 0: stale.
/// What cannot be read is taken in its strictest sense; unknown directives, `immutable` among them, are passed over.
public struct CacheDirectives: Hashable, Sendable {
    /// `max-age` of a response (section 5.2.2.1) or of a request (5.2.1.1).
    public var maxAge: Int64?
    /// `s-maxage` (section 5.2.2.10).
    public var sharedMaxAge: Int64?
    public var noStore = false
    /// `no-cache` without names of fields.
    public var noCache = false
    /// The fields of `no-cache="…"`, small letters: only they are not used again unasked (section 5.2.2.4).
    public var noCacheFields: [String] = []
    /// `private` without names of fields.
    public var isPrivate = false
    /// The fields of `private="…"`, small letters: only they are for one user (section 5.2.2.7).
    public var privateFields: [String] = []
    public var isPublic = false
    public var mustRevalidate = false
    public var proxyRevalidate = false
    public var mustUnderstand = false
    /// RFC 5861, section 3.
    public var staleWhileRevalidate: Int64?
    /// RFC 5861, section 4.
    public var staleIfError: Int64?
    /// `min-fresh` of a request (section 5.2.1.3).
    public var minFresh: Int64?
    /// `max-stale` of a request (section 5.2.1.2): `Int64.max` where it names no limit.
    public var maxStale: Int64?
    /// `only-if-cached` of a request (section 5.2.1.7).
    public var onlyIfCached = false
    /// Whether these are from `CDN-Cache-Control`: then `Cache-Control` and `Expires` say nothing to this cache.
    public internal(set) var isTargeted = false

    public init() {}

    /// Reads the lines of `Cache-Control`, all of them together.
    public init(cacheControl lines: [String]) {
        for line in lines {
            for member in ListSplitter.members(of: Array(line.utf8)) { read(member) }
        }
    }

    /// What a response says to this cache: `CDN-Cache-Control` where there is one that can be read and is not empty, else
    /// `Cache-Control` (RFC 9213, section 2.2).
    public static func ofResponse(_ headers: some FieldValues) -> CacheDirectives {
        let targeted = headers.values(of: "CDN-Cache-Control")
        if !targeted.isEmpty, let directives = TargetedDirectives.read(targeted) { return directives }
        return CacheDirectives(cacheControl: headers.values(of: "Cache-Control"))
    }

    /// What a request says: `Pragma: no-cache` counts where there is no `Cache-Control` (RFC 9111, section 5.4).
    public static func ofRequest(_ headers: some FieldValues) -> CacheDirectives {
        let lines = headers.values(of: "Cache-Control")
        guard lines.isEmpty else { return CacheDirectives(cacheControl: lines) }
        var directives = CacheDirectives()
        directives.noCache = ListSplitter.names(in: headers.values(of: "Pragma")).contains("no-cache")
        return directives
    }

    /// Not stale, whatever anybody else says (section 4.2.4).
    public var forbidsStale: Bool { mustRevalidate || proxyRevalidate || sharedMaxAge != nil || noCache }

    /// Whether a response to a request with `Authorization` may be shared (section 3.5).
    public var allowsAuthorized: Bool { isPublic || mustRevalidate || sharedMaxAge != nil }

    /// Whether `no-store` holds: `must-understand` beside it takes its place where the status is understood (section
    /// 5.2.2.3).
    func forbidsStorage(of status: Int) -> Bool {
        noStore && !(mustUnderstand && CacheableStatus.isUnderstood(status))
    }

    /// The fields that are not stored because of `no-cache="…"` and `private="…"`.
    public var withheldFields: [String] { noCacheFields + privateFields }

    /// What a directive is given after `=`.
    enum Argument {
        case none
        case token(ArraySlice<UInt8>)
        case quoted([UInt8])
        /// Something else, or something of which nobody knows where it ends.
        case malformed
    }

    mutating func set(_ name: String, _ argument: Argument) {
        switch name {
        case "max-age": maxAge = maxAge ?? Self.seconds(argument) ?? 0
        case "s-maxage": sharedMaxAge = sharedMaxAge ?? Self.seconds(argument) ?? 0
        case "stale-while-revalidate": staleWhileRevalidate = staleWhileRevalidate ?? Self.seconds(argument) ?? 0
        case "stale-if-error": staleIfError = staleIfError ?? Self.seconds(argument) ?? 0
        case "min-fresh": minFresh = minFresh ?? Self.seconds(argument) ?? DeltaSeconds.largest
        case "max-stale": maxStale = maxStale ?? Self.limit(argument)
        case "no-store": noStore = true
        case "no-cache": Self.add(argument, to: &noCacheFields, orSet: &noCache)
        case "private": Self.add(argument, to: &privateFields, orSet: &isPrivate)
        case "public": isPublic = true
        case "must-revalidate": mustRevalidate = true
        case "proxy-revalidate": proxyRevalidate = true
        case "must-understand": mustUnderstand = true
        case "only-if-cached": onlyIfCached = true
        default: break
        }
    }

    private static func seconds(_ argument: Argument) -> Int64? {
        switch argument {
        case .token(let text): DeltaSeconds.milliseconds(text)
        case .quoted(let text): DeltaSeconds.milliseconds(text)
        case .none, .malformed: nil
        }
    }

    private static func limit(_ argument: Argument) -> Int64 {
        if case .none = argument { return .max }
        return seconds(argument) ?? 0
    }

    /// Names of fields, which only a quoted string can be; anything else makes it the directive without names.
    private static func add(_ argument: Argument, to fields: inout [String], orSet flag: inout Bool) {
        guard case .quoted(let text) = argument else {
            flag = true
            return
        }
        let names = ListSplitter.names(in: [String(decoding: text, as: UTF8.self)])
        if names.isEmpty || !names.allSatisfy(Self.isFieldName) { flag = true }
        fields += names
    }
}
