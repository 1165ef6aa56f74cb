import CurlTransport
import Diagnostics
import JSONSlices

/// Reads `tracing`.
struct TracingSettingsReader {
    static let keys = [
        "otlp", "headers", "sample", "service", "maxQueue", "batch", "timeout", "interval", "caFile",
    ]

    let source: SettingsSource

    func read(_ reader: ObjectReader?) -> TracingSettings? {
        let path = ["tracing"]
        source.know(Self.keys, of: path)
        func holder(_ key: String) -> ObjectReader? { source.reader(for: key, of: path, in: reader) }
        guard let text = source.string("otlp", of: path, in: reader) else {
            if let reader, reader["otlp"] == nil { reader.missing("otlp") }
            return nil
        }
        if let problem = BackendSettings.problem(inURL: text) {
            if let holder = holder("otlp"), let slice = holder["otlp"] {
                source.diagnostics.error(
                    "'otlp' \(problem)",
                    in: holder.file,
                    at: slice,
                    help: "for instance \"http://127.0.0.1:4318/v1/traces\""
                )
            }
            return nil
        }
        var settings = TracingSettings(url: Self.withPath(text))
        settings.headers = headers(reader, path)
        settings.sample = holder("sample")?.share("sample") ?? settings.sample
        settings.service = source.string("service", of: path, in: reader) ?? settings.service
        settings.maxQueue = holder("maxQueue")?.integer("maxQueue", in: 1...1_000_000) ?? settings.maxQueue
        settings.batch = holder("batch")?.integer("batch", in: 1...10_000) ?? settings.batch
        settings.timeout =
            holder("timeout")?.duration("timeout", in: .milliseconds(1)...(.seconds(60))) ?? settings.timeout
        settings.interval =
            holder("interval")?.duration("interval", in: .milliseconds(10)...(.seconds(60))) ?? settings.interval
        settings.caFile = source.string("caFile", of: path, in: reader)
        return settings
    }

    /// A collector's URL without a path means the one that OTLP has for traces.
    private static func withPath(_ text: String) -> String {
        let rest = text.drop { $0 != ":" }.dropFirst(3)
        let path = rest.drop { $0 != "/" }
        return path.isEmpty || path == "/" ? String(text.prefix(text.count - path.count)) + "/v1/traces" : text
    }

    private func headers(_ reader: ObjectReader?, _ path: [String]) -> [HeaderField] {
        let map = reader?.map("headers")
        return (reader?.stringMap("headers") ?? []).compactMap { field in
            guard let file = reader?.file else { return nil }
            guard HeaderValidation.isToken(field.name), !HeaderValidation.isReserved(field.name),
                !HeaderValidation.equal(field.name, "content-type")
            else {
                source.diagnostics.error("the header '\(field.name)' cannot be set", in: file, at: field.key)
                return nil
            }
            guard let value = source.string(field.name, of: path + ["headers"], in: map) else { return nil }
            guard HeaderValidation.isValue(value) else {
                source.diagnostics.error("a header's value cannot hold control characters", in: file, at: field.value)
                return nil
            }
            return HeaderField(name: field.name, value: value)
        }
    }
}

extension ObjectReader {
    /// A number from 0 to 1.
    func share(_ key: String) -> Double? {
        guard let slice = self[key] else { return nil }
        guard let share = slice.numberText.flatMap(Double.init), (0...1).contains(share) else {
            return mismatch(key, slice, wanted: "a number from 0 to 1")
        }
        return share
    }

    /// A list of strings that a rule accepts.
    func strings(_ key: String, wanted: String, where accepts: (String) -> Bool) -> [String]? {
        guard let slice = self[key] else { return nil }
        let texts = slice.kind == .array ? slice.elements.map { $0.string } : [nil]
        let accepted = texts.compactMap { text in text.flatMap { accepts($0) ? $0 : nil } }
        guard accepted.count == texts.count else { return mismatch(key, slice, wanted: wanted) }
        return accepted
    }
}
