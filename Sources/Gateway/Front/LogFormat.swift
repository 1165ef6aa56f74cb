import Logging
import Telemetry

/// How a log line looks: aligned text for a person, one JSON object per line for a machine.
///
/// Whatever a client or a backend can put into a value is escaped, so that no value can begin a new line or move the
/// cursor of a terminal.
enum LogFormat: Hashable, Sendable {
    case text(colour: Bool)
    case json
    case logfmt

    /// What a line is made from.
    struct Line {
        var time: (seconds: Int, milliseconds: Int)
        var level: Logger.Level
        var label: String
        var message: String
        var metadata: Logger.Metadata
    }

    /// Appends the line and its LF.
    func append(_ line: Line, to bytes: inout [UInt8]) {
        switch self {
        case .text(let colour):
            TextLine(colour: colour).append(line, to: &bytes)
        case .json:
            Self.appendJSON(line, to: &bytes)
        case .logfmt:
            LogfmtLine.append(line, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends `12.345` for 12,345 µs.
    static func appendMilliseconds(_ microseconds: Int64, to bytes: inout [UInt8]) {
        let value = Int(clamping: max(0, microseconds))
        bytes.append(decimal: value / 1000)
        bytes.append(UInt8(ascii: "."))
        bytes.append(decimal: value % 1000, width: 3)
    }

    /// The access entry of a line, taken out of its metadata.
    static func takeEntry(from metadata: inout Logger.Metadata) -> AccessEntry? {
        guard case .stringConvertible(let value) = metadata[AccessLog.metadataKey], let entry = value as? AccessEntry
        else { return nil }
        if metadata.count == 1 {
            metadata = [:]
        } else {
            metadata[AccessLog.metadataKey] = nil
        }
        return entry
    }
}

// MARK: - JSON

extension LogFormat {
    /// Appends the line of an access entry, its LF included, as ``append(_:to:)`` does for one with the entry as metadata.
    static func appendJSON(
        _ entry: AccessEntry,
        message: String,
        label: String,
        time: (seconds: Int, milliseconds: Int),
        to bytes: inout [UInt8]
    ) {
        appendJSON(time: time, level: .info, message: message, label: label, to: &bytes)
        append(entry, to: &bytes)
        bytes.append("}\n")
    }

    private static func appendJSON(
        time: (seconds: Int, milliseconds: Int),
        level: Logger.Level,
        message: String,
        label: String,
        to bytes: inout [UInt8]
    ) {
        bytes.append("{\"time\":\"")
        CivilTime(secondsSince1970: time.seconds).appendTimestamp(milliseconds: time.milliseconds, to: &bytes)
        bytes.append("\",\"level\":")
        JSONText.append(level.rawValue, to: &bytes)
        bytes.append(",\"message\":")
        JSONText.append(message, to: &bytes)
        bytes.append(",\"logger\":")
        JSONText.append(label, to: &bytes)
    }

    private static func appendJSON(_ line: Line, to bytes: inout [UInt8]) {
        appendJSON(time: line.time, level: line.level, message: line.message, label: line.label, to: &bytes)
        var metadata = line.metadata
        if let entry = takeEntry(from: &metadata) { append(entry, to: &bytes) }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            bytes.append(UInt8(ascii: ","))
            JSONText.append(key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            append(value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ entry: AccessEntry, to bytes: inout [UInt8]) {
        bytes.append(",\"method\":")
        JSONText.append(entry.method, to: &bytes)
        bytes.append(",\"path\":")
        JSONText.append(entry.path, to: &bytes)
        if let query = entry.query {
            bytes.append(",\"query\":")
            JSONText.append(query, to: &bytes)
        }
        bytes.append(",\"status\":")
        bytes.append(decimal: entry.status)
        bytes.append(",\"bytes\":")
        bytes.append(decimal: entry.bytes)
        bytes.append(",\"durationMs\":")
        appendMilliseconds(entry.microseconds, to: &bytes)
        if let endpoint = entry.reply.endpoint {
            bytes.append(",\"endpoint\":")
            JSONText.append(endpoint, to: &bytes)
        }
        if !entry.reply.partial.isEmpty {
            bytes.append(",\"partial\":")
            append(.array(entry.reply.partial.map { .string($0) }), to: &bytes)
        }
        if !entry.reply.cached.isEmpty {
            bytes.append(",\"cached\":")
            append(.array(entry.reply.cached.map { .string($0) }), to: &bytes)
        }
        if let failure = entry.reply.failure {
            bytes.append(",\"failure\":")
            JSONText.append(failure, to: &bytes)
        }
        bytes.append(",\"remote\":")
        JSONText.append(entry.remoteAddress, to: &bytes)
        if let client = entry.clientAddress {
            bytes.append(",\"client\":")
            JSONText.append(client, to: &bytes)
        }
        bytes.append(",\"requestId\":")
        JSONText.append(entry.requestID, to: &bytes)
        appendDetails(of: entry, to: &bytes)
    }

    /// What is there only where the settings want it.
    private static func appendDetails(of entry: AccessEntry, to bytes: inout [UInt8]) {
        if let consumer = entry.consumer {
            bytes.append(",\"consumer\":")
            JSONText.append(consumer, to: &bytes)
        }
        if let trace = entry.trace {
            bytes.append(",\"traceId\":")
            JSONText.append(trace.traceID.hex, to: &bytes)
            bytes.append(",\"spanId\":")
            JSONText.append(trace.spanHex, to: &bytes)
        }
        if !entry.headers.isEmpty {
            bytes.append(",\"headers\":")
            JSONText.appendObject(entry.headers, to: &bytes) { JSONText.append($0, to: &$1) }
        }
        if !entry.calls.isEmpty {
            bytes.append(",\"calls\":")
            JSONText.appendArray(entry.calls, to: &bytes, append)
        }
    }

    private static func append(_ call: LoggedCall, to bytes: inout [UInt8]) {
        bytes.append("{\"name\":")
        JSONText.append(call.name, to: &bytes)
        bytes.append(",\"backend\":")
        JSONText.append(call.backend, to: &bytes)
        if let status = call.status {
            bytes.append(",\"status\":")
            bytes.append(decimal: status)
        }
        if let outcome = call.outcome {
            bytes.append(",\"outcome\":")
            JSONText.append(outcome, to: &bytes)
        }
        bytes.append(",\"durationMs\":")
        appendMilliseconds(call.microseconds, to: &bytes)
        if call.attempts > 1 {
            bytes.append(",\"attempts\":")
            bytes.append(decimal: call.attempts)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ value: Logger.MetadataValue, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text):
            JSONText.append(text, to: &bytes)
        case .stringConvertible(let value as any FixedWidthInteger):
            bytes.append(contentsOf: String(describing: value).utf8)
        case .stringConvertible(let value as Bool):
            bytes.append(value ? "true" : "false")
        case .stringConvertible(let value):
            JSONText.append(value.description, to: &bytes)
        case .array(let elements):
            JSONText.appendArray(elements, to: &bytes, append)
        case .dictionary(let members):
            let sorted = members.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
            JSONText.appendObject(sorted, to: &bytes, append)
        }
    }
}
