import Logging

/// The gateway's swift-log backend: formats a line and hands it to a ``LogWriter``.
///
/// ```swift
/// let writer = LogWriter()
/// LoggingSystem.bootstrap { GatewayLogHandler(label: $0, writer: writer) }
/// ```
struct GatewayLogHandler: LogHandler {
    private let label: String
    private let writer: LogWriter
    private let format: LogFormat

    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level = .info

    /// - Parameter format: nil chooses: text in colour for a terminal, JSON lines for anything else.
    init(label: String, writer: LogWriter, format: LogFormat? = nil) {
        self.label = label
        self.writer = writer
        self.format = format ?? (writer.isTerminal ? .text(colour: true) : .json)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Whether an access entry can be written without anything from the logger's metadata.
    var takesEntries: Bool {
        format == .json && metadata.isEmpty && metadataProvider == nil
    }

    /// Writes what `log(event:)` would for an event of level `info` with the entry as its metadata.
    func log(_ entry: AccessEntry, message: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(384)
        LogFormat.appendJSON(entry, message: message, label: label, time: WallClock.now(), to: &bytes)
        writer.write(bytes)
    }

    func log(event: LogEvent) {
        var all = event.metadata ?? [:]
        if !metadata.isEmpty { all.merge(metadata) { own, _ in own } }
        if let provided = metadataProvider?.get() { all.merge(provided) { own, _ in own } }
        let line = LogFormat.Line(
            time: WallClock.now(),
            level: event.level,
            label: label,
            message: event.message.description,
            metadata: all
        )
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        format.append(line, to: &bytes)
        writer.write(bytes)
    }
}
