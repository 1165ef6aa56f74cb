import Diagnostics
import JMESPath
import JSONSlices
import RateLimits

/// Reads `rateLimits`, the policies by their names.
struct LimitSettingsReader {
    static let keys = ["rate", "quota", "key", "shared", "whenRedisFails", "remember", "everyEndpoint"]
    static let failureKeys = ["local"]

    let source: SettingsSource
    /// Whether there is a Redis to share limits through.
    let hasRedis: Bool

    static func readAll(_ policies: ObjectReader?, hasRedis: Bool, _ source: SettingsSource) -> [LimitSettings] {
        guard let policies else { return [] }
        let reader = LimitSettingsReader(source: source, hasRedis: hasRedis)
        return policies.members.compactMap { member in
            guard isName(member.name) else {
                source.diagnostics.error(
                    "'\(member.name)' is no name for a limit: it stands in header fields",
                    in: policies.file,
                    at: member.key,
                    help: "1 to 64 letters, digits, '-', '_' and '.'"
                )
                return nil
            }
            return ObjectReader(
                member.value,
                in: policies.file,
                role: "the limit '\(member.name)'",
                known: keys,
                diagnostics: source.diagnostics
            ).flatMap { reader.read($0, named: member.name) }
        }
    }

    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }

    private func read(_ reader: ObjectReader, named name: String) -> LimitSettings? {
        guard let rule = rule(reader) else { return nil }
        let place = Diagnostic.Place(file: reader.file, range: reader.object.byteRange)
        var settings = LimitSettings(name: name, rule: rule, place: place)
        settings.key = key(reader)
        settings.withoutRedis = withoutRedis(reader, rule)
        settings.remember = reader.integer("remember", in: 16...100_000_000) ?? settings.remember
        settings.isForAll = reader.bool("everyEndpoint") ?? false
        return settings
    }

    private func rule(_ reader: ObjectReader) -> LimitRule? {
        guard (reader["rate"] == nil) != (reader["quota"] == nil) else {
            source.diagnostics.error(
                reader["rate"] == nil
                    ? "\(reader.role) says nothing of how much it allows"
                    : "\(reader.role) has a rate and a quota",
                in: reader.file,
                at: reader["quota"] ?? reader.object,
                help: reader["rate"] == nil
                    ? "for instance \"rate\": \"100/s burst 200\" or \"quota\": \"10000/day\""
                    : "make two limits of it; an endpoint may name both"
            )
            return nil
        }
        if let text = reader.string("rate"), let slice = reader["rate"] {
            return LimitRule.Rate(parsing: text).map(LimitRule.rate)
                ?? reader.mismatch(
                    "rate",
                    slice,
                    wanted: "a count per time, for instance \"100/s\", \"1000/10m\" or \"100/s burst 200\"; "
                        + "units are ms, s, m, h and d"
                )
        }
        if let text = reader.string("quota"), let slice = reader["quota"] {
            return LimitRule.Quota(parsing: text).map(LimitRule.quota)
                ?? reader.mismatch("quota", slice, wanted: "a count per day or month, for instance \"10000/day\"")
        }
        return nil
    }

    private func key(_ reader: ObjectReader) -> LimitKey? {
        guard let text = reader.string("key"), let slice = reader["key"] else { return nil }
        do throws(ExpressionError) {
            return try LimitKey(parsing: text)
        } catch {
            let start = reader.file.offset(ofDecoded: error.range.lowerBound, in: slice)
            let end = reader.file.offset(ofDecoded: error.range.upperBound, in: slice)
            source.diagnostics.error(
                error.message,
                in: reader.file,
                at: start..<max(start, end),
                help: error.fix
                    ?? "an expression, for instance request.address, request.consumer or request.claims.tenant"
            )
            return nil
        }
    }

    private func withoutRedis(_ reader: ObjectReader, _ rule: LimitRule) -> LimitSettings.WithoutRedis? {
        let isShared = reader.bool("shared") ?? false
        guard isShared else {
            if let slice = reader["whenRedisFails"] {
                source.diagnostics.error(
                    "a limit that is not shared does not ask Redis",
                    in: reader.file,
                    at: slice,
                    help: "add \"shared\": true, or take 'whenRedisFails' away"
                )
            }
            return nil
        }
        if !hasRedis, let slice = reader["shared"] {
            source.diagnostics.error(
                "a limit is shared through Redis, and there is none",
                in: reader.file,
                at: slice,
                help: "say where it is: \"cache\": { \"redis\": \"redis://127.0.0.1:6379\" }"
            )
        }
        guard let slice = reader["whenRedisFails"] else {
            source.diagnostics.error(
                "\(reader.role) is shared, and does not say what a dead Redis means",
                in: reader.file,
                at: reader["shared"] ?? reader.object,
                help: "\"whenRedisFails\": \"open\" lets requests in, \"closed\" answers 503, "
                    + "{ \"local\": 0.5 } limits this node to half"
            )
            return nil
        }
        switch slice.string {
        case "open": return .open
        case "closed": return .closed
        default: break
        }
        let wanted = "\"open\", \"closed\", or { \"local\": SHARE } with a share above 0, up to 1"
        guard slice.kind == .object else { return reader.mismatch("whenRedisFails", slice, wanted: wanted) }
        guard let nested = reader.nested("whenRedisFails", known: Self.failureKeys) else { return nil }
        guard let share = nested["local"]?.numberText.flatMap(Double.init), share > 0, share <= 1 else {
            return nested["local"].flatMap { nested.mismatch("local", $0, wanted: "a share above 0, up to 1") }
                ?? reader.mismatch("whenRedisFails", slice, wanted: wanted)
        }
        return .local(share)
    }
}
