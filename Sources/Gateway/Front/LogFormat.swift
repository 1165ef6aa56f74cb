import Logging

/// How a log line looks: aligned text for a person, one JSON object per line for a machine.
///
/// Whatever a client or a backend can put into a value is escaped, so that no value can begin a new line or move the
/// cursor of a terminal.
enum LogFormat: Hashable, Sendable {
    case text(colour: Bool)
    case json

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
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// `12.345` from 12,345 µs.
    static func milliseconds(_ microseconds: Int64) -> String {
        let value = Int(clamping: max(0, microseconds))
        return "\(value / 1000).\((value % 1000).padded(3))"
    }

    static func timestamp(_ time: (seconds: Int, milliseconds: Int)) -> String {
        "\(CivilTime(secondsSince1970: time.seconds).rfc3339Seconds).\(time.milliseconds.padded(3))Z"
    }

    /// The access entry of a line, taken out of its metadata.
    static func takeEntry(from metadata: inout Logger.Metadata) -> AccessEntry? {
        guard case .stringConvertible(let value) = metadata[AccessLog.metadataKey], let entry = value as? AccessEntry
        else { return nil }
        metadata[AccessLog.metadataKey] = nil
        return entry
    }
}

// MARK: - JSON

extension LogFormat {
    private static func appendJSON(_ line: Line, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "{\"time\":\"\(timestamp(line.time))\",\"level\":\"\(line.level.rawValue)\"".utf8)
        member("message", line.message, to: &bytes)
        member("logger", line.label, to: &bytes)
        var metadata = line.metadata
        if let entry = takeEntry(from: &metadata) {
            member("method", entry.method, to: &bytes)
            member("path", entry.path, to: &bytes)
            number("status", String(entry.status), to: &bytes)
            number("bytes", String(entry.bytes), to: &bytes)
            number("durationMs", milliseconds(entry.microseconds), to: &bytes)
            if let endpoint = entry.reply.endpoint { member("endpoint", endpoint, to: &bytes) }
            if !entry.reply.partial.isEmpty {
                number("partial", "", to: &bytes)
                append(.array(entry.reply.partial.map { .string($0) }), to: &bytes)
            }
            if let failure = entry.reply.failure { member("failure", failure, to: &bytes) }
            member("remote", entry.remoteAddress, to: &bytes)
            member("requestId", entry.requestID, to: &bytes)
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            number(key, "", to: &bytes)
            append(value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func member(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        number(name, "", to: &bytes)
        JSONText.append(value, to: &bytes)
    }

    /// A member whose value is written as it stands.
    private static func number(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ","))
        JSONText.append(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: value.utf8)
    }

    private static func append(_ value: Logger.MetadataValue, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text):
            JSONText.append(text, to: &bytes)
        case .stringConvertible(let value):
            JSONText.append(value.description, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.append(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                append(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
