import Logging
import Telemetry

/// The text form of ``LogFormat``.
struct TextLine {
    var colour: Bool

    func append(_ line: LogFormat.Line, to bytes: inout [UInt8]) {
        var metadata = line.metadata
        let entry = LogFormat.takeEntry(from: &metadata)
        // The date is known to who watches a terminal; the time is enough.
        var time: [UInt8] = []
        CivilTime(secondsSince1970: line.time.seconds).appendTime(to: &time)
        time.append(UInt8(ascii: "."))
        time.append(decimal: line.time.milliseconds, width: 3)
        bytes.append(contentsOf: paint(String(decoding: time, as: UTF8.self)[...], "2").utf8)
        bytes.append(UInt8(ascii: " "))
        if let entry {
            append(entry, to: &bytes)
        } else {
            bytes.append(contentsOf: paint(line.level.rawValue.uppercased()[...], Self.code(line.level)).utf8)
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: Self.escaped(line.message).utf8)
        }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            append(key, "\(value)", to: &bytes)
        }
    }

    private func append(_ entry: AccessEntry, to bytes: inout [UInt8]) {
        let status = paint("\(entry.status)"[...], Self.code(status: entry.status))
        let duration = Self.padded("\(entry.milliseconds)ms", to: 11)
        let size = Self.padded("\(entry.bytes)B", to: 9)
        let request = "\(Self.escaped(entry.method)) \(Self.escaped(entry.path))"
        bytes.append(contentsOf: "\(status) \(duration) \(size)  \(request)".utf8)
        if let endpoint = entry.reply.endpoint { append("endpoint", endpoint, to: &bytes) }
        if !entry.reply.partial.isEmpty { append("partial", entry.reply.partial.joined(separator: ","), to: &bytes) }
        if !entry.reply.cached.isEmpty { append("cached", entry.reply.cached.joined(separator: ","), to: &bytes) }
        if let failure = entry.reply.failure { append("failure", failure, to: &bytes) }
        append("remote", entry.remoteAddress, to: &bytes)
        append("requestId", entry.requestID, to: &bytes)
        if let query = entry.query { append("query", query, to: &bytes) }
        if let consumer = entry.consumer { append("consumer", consumer, to: &bytes) }
        if let trace = entry.trace { append("traceId", trace.traceID.hex, to: &bytes) }
        for header in entry.headers { append(header.name, header.value, to: &bytes) }
        for call in entry.calls { append(call.name, call.summary, to: &bytes) }
    }

    /// ` key=value`, the value in quotes where it has spaces or quotes.
    private func append(_ key: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: " \(paint(Self.escaped(key)[...], "2"))".utf8)
        bytes.append(UInt8(ascii: "="))
        if value.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "=") }) {
            JSONText.append(value, to: &bytes)
        } else {
            bytes.append(contentsOf: Self.escaped(value).utf8)
        }
    }

    /// Control characters as `\u001b`, everything else as it is.
    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        return String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    private func paint(_ text: Substring, _ code: String) -> String {
        colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : String(text)
    }

    private static func code(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "2"
        case .info, .notice: "32"
        case .warning: "33"
        case .error, .critical: "31"
        }
    }

    private static func code(status: Int) -> String {
        switch status {
        case ..<300: "32"
        case ..<400: "36"
        case ..<500: "33"
        default: "31"
        }
    }
}
