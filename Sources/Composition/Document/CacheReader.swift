import CurlTransport
import Diagnostics
import JSONSlices
import ResponseCache

/// Reads `cache`, of a call or of the response: a duration, `"origin"`, or an object.
struct CacheReader {
    static let keys = [
        "maxAge", "override", "staleWhileRevalidate", "staleIfError", "negative", "heuristic", "maxEntry", "vary",
        "tags",
    ]
    static let varyKeys = ["headers", "query"]

    let context: CompilationContext

    func read(_ holder: ObjectReader) -> CacheRule? {
        guard let slice = holder["cache"] else { return nil }
        let place = Diagnostic.Place(file: context.file, range: slice.byteRange)
        if slice.kind == .string {
            if slice.string == "origin" {
                return CacheRule(policy: CachePolicy(), headers: [], query: [], tags: [], place: place)
            }
            guard let duration = slice.string.flatMap(Quantity.duration), duration > .zero else {
                return holder.mismatch(
                    "cache",
                    slice,
                    wanted: "a duration such as \"60s\", \"origin\" for what the backend says, or an object"
                )
            }
            let policy = CachePolicy(maxAge: Int64(duration.milliseconds))
            return CacheRule(policy: policy, headers: [], query: [], tags: [], place: place)
        }
        guard slice.kind == .object else {
            return holder.mismatch(
                "cache",
                slice,
                wanted: "a duration such as \"60s\", \"origin\" for what the backend says, or an object"
            )
        }
        guard let reader = holder.nested("cache", known: Self.keys) else { return nil }
        let vary = reader.nested("vary", known: Self.varyKeys)
        return CacheRule(
            policy: policy(reader),
            headers: vary.map(headers) ?? [],
            query: vary.map { strings("query", $0) } ?? [],
            tags: tags(reader),
            place: place
        )
    }

    private func policy(_ reader: ObjectReader) -> CachePolicy {
        func milliseconds(_ key: String, from least: Duration = .zero) -> Int64? {
            reader.duration(key, in: least...(.seconds(366 * 86_400))).map { Int64($0.milliseconds) }
        }
        let maxAge = milliseconds("maxAge", from: .milliseconds(1))
        let overrides = reader.bool("override") ?? false
        if overrides, reader["maxAge"] == nil, let slice = reader["override"] {
            context.error(
                "'override' puts a duration above the backend's word, and there is none",
                at: slice,
                help: "say how long in \"maxAge\""
            )
        }
        let heuristic = reader.bool("heuristic") ?? false
        if heuristic, reader["maxAge"] != nil, let slice = reader["heuristic"] {
            context.warning(
                "'heuristic' guesses where nobody says how long, and 'maxAge' does",
                at: slice,
                help: "leave out one of the two"
            )
        }
        return CachePolicy(
            maxAge: maxAge,
            overridesOrigin: overrides,
            staleWhileRevalidate: milliseconds("staleWhileRevalidate"),
            staleIfError: milliseconds("staleIfError"),
            negative: milliseconds("negative", from: .milliseconds(1)),
            maxEntry: reader.size("maxEntry", in: 1...(1 << 30)) ?? CachePolicy.defaultMaxEntry,
            usesHeuristics: heuristic
        )
    }

    private func headers(_ reader: ObjectReader) -> [String] {
        strings("headers", reader).map { $0.lowercased() }.filter { name in
            guard HeaderValidation.isToken(name) else {
                if let slice = reader["headers"] { context.error("'\(name)' is no header name", at: slice) }
                return false
            }
            return true
        }
    }

    private func tags(_ reader: ObjectReader) -> [TextTemplate] {
        guard let slice = reader["tags"] else { return [] }
        guard slice.kind == .array else { return reader.mismatch("tags", slice, wanted: "a list of templates") ?? [] }
        return slice.elements.compactMap { context.textTemplate($0) }
    }

    private func strings(_ key: String, _ reader: ObjectReader) -> [String] {
        guard let slice = reader[key] else { return [] }
        let texts = slice.elements.compactMap(\.string)
        guard slice.kind == .array, texts.count == slice.count else {
            return reader.mismatch(key, slice, wanted: "a list of names") ?? []
        }
        return texts
    }
}
