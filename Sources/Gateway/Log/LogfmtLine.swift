import Logging
import Telemetry

/// The form of ``LogFormat`` that is `key=value` pairs (logfmt): the same fields as the JSON form, under the same names, what
/// is within another after a dot.
///
/// A value with a space, a quote, `=`, a backslash or anything that is not printable ASCII stands in quotes with JSON's
/// escapes, so that a line stays one line; an empty one is `""`.
struct LogfmtLine {
    private(set) var bytes: [UInt8] = []

    static func append(_ line: LogFormat.Line, to bytes: inout [UInt8]) {
        var metadata = line.metadata
        let entry = LogFormat.takeEntry(from: &metadata)
        var fields = LogfmtLine()
        var time: [UInt8] = []
        CivilTime(secondsSince1970: line.time.seconds).appendTimestamp(milliseconds: line.time.milliseconds, to: &time)
        fields.add("time", raw: time)
        fields.add("level", line.level.rawValue)
        fields.add("message", line.message)
        fields.add("logger", line.label)
        if let entry { fields.add(entry) }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { fields.add(Self.key(key), value) }
        bytes.append(contentsOf: fields.bytes)
    }

    private mutating func add(_ entry: AccessEntry) {
        add("method", entry.method)
        add("path", entry.path)
        if let query = entry.query { add("query", query) }
        add("status", "\(entry.status)")
        add("bytes", "\(entry.bytes)")
        add("durationMs", entry.milliseconds)
        if let endpoint = entry.reply.endpoint { add("endpoint", endpoint) }
        if !entry.reply.partial.isEmpty { add("partial", entry.reply.partial.joined(separator: ",")) }
        if !entry.reply.cached.isEmpty { add("cached", entry.reply.cached.joined(separator: ",")) }
        if let failure = entry.reply.failure { add("failure", failure) }
        add("remote", entry.remoteAddress)
        add("requestId", entry.requestID)
        if let consumer = entry.consumer { add("consumer", consumer) }
        if let trace = entry.trace {
            add("traceId", trace.traceID.hex)
            add("spanId", trace.spanHex)
        }
        for header in entry.headers { add("headers.\(header.name)", header.value) }
        for (place, call) in entry.calls.enumerated() {
            add("calls.\(place).name", call.name)
            add("calls.\(place).backend", call.backend)
            if let status = call.status { add("calls.\(place).status", "\(status)") }
            if let outcome = call.outcome { add("calls.\(place).outcome", outcome) }
            var time: [UInt8] = []
            LogFormat.appendMilliseconds(call.microseconds, to: &time)
            add("calls.\(place).durationMs", raw: time)
            if call.attempts > 1 { add("calls.\(place).attempts", "\(call.attempts)") }
        }
    }

    private mutating func add(_ key: String, _ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): add(key, text)
        case .stringConvertible(let value): add(key, value.description)
        case .array(let elements):
            for (place, element) in elements.enumerated() { add("\(key).\(place)", element) }
        case .dictionary(let members):
            for (name, value) in members.sorted(by: { $0.key < $1.key }) { add("\(key).\(Self.key(name))", value) }
        }
    }

    private mutating func add(_ key: String, _ value: String) {
        begin(key)
        if value.utf8.isEmpty || !value.utf8.allSatisfy(Self.isPlain) {
            JSONText.append(value, to: &bytes)
        } else {
            bytes.append(contentsOf: value.utf8)
        }
    }

    private mutating func add(_ key: String, raw value: [UInt8]) {
        begin(key)
        bytes.append(contentsOf: value)
    }

    private mutating func begin(_ key: String) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
        bytes.append(contentsOf: key.utf8)
        bytes.append(UInt8(ascii: "="))
    }

    /// A key has no quotes to hide in: whatever is not plain becomes an underscore.
    private static func key(_ text: String) -> String {
        String(decoding: text.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "=")
            && byte != UInt8(ascii: "\\")
    }
}
