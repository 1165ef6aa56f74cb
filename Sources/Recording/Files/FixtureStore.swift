import Diagnostics
import NIOConcurrencyHelpers
public import Replay

/// The directory that exchanges are written to, a fixture each. Knows which requests its files answer, so that one that
/// comes again makes no second file.
///
/// Safe from any thread. Reads and writes files while it records, so that its calls block; it lets in one at a time.
public final class FixtureStore: Sendable {
    /// What becomes of an answer that differs from the one that a request has already.
    public enum Keep: String, Sendable, CaseIterable {
        /// The first stays, those of an earlier run too.
        case first
        /// The last takes its place.
        case last
        /// The first stays, and others are written beside it as `_NAME.2.json`, `_NAME.3.json`, …, which replay leaves
        /// out: for a person to choose from.
        case all
    }

    /// What happened to one exchange.
    public enum Event: Hashable, Sendable {
        /// A file that was not there, and what of the request it does not ask for.
        case added(path: String, leftOut: [String])
        case changed(path: String)
        /// The files have this answer already, or keep theirs.
        case unchanged(path: String)
        case omitted(Omission)
        /// No file can say it; the reason.
        case refused(String)
        case failed(String)
    }

    /// What happened to all exchanges so far.
    public struct Summary: Hashable, Sendable {
        public var exchanges = 0
        public var added = 0
        public var changed = 0
        public var unchanged = 0
        public var omitted: [Omission: Int] = [:]
        public var refused = 0
        public var failed = 0
        /// How often each secret was taken out of an exchange.
        public var redacted: [String: Int] = [:]
    }

    private struct Folder {
        /// Names of files, without `.json`, by the request that they answer.
        var names: [ExpectedRequest: String] = [:]
        /// All names in small letters.
        var taken: Set<String> = []
    }

    private struct State {
        var folders: [String: Folder] = [:]
        var summary = Summary()
    }

    public let directory: String
    public let rules: RecordingRules
    private let keep: Keep
    private let state: NIOLockedValueBox<State>

    /// - Parameter existing: the directory's fixtures.
    public init(directory: String, existing: FixtureSet, rules: RecordingRules, keep: Keep = .last) {
        var directory = directory
        while directory.utf8.count > 1, directory.hasSuffix("/") { directory.removeLast() }
        self.directory = directory
        self.rules = rules
        self.keep = keep
        var state = State()
        for (backend, fixtures) in existing.backends {
            for fixture in fixtures {
                state.folders[backend, default: Folder()].names[fixture.request] = fixture.name
                state.folders[backend]?.taken.insert(fixture.name.lowercased())
            }
        }
        self.state = NIOLockedValueBox(state)
    }

    public var summary: Summary { state.withLockedValue(\.summary) }

    /// Why a backend's name cannot be a folder's; nil when it can.
    public static func problem(withName backend: String) -> String? {
        let isPlain = backend.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "/") && $0 != 0x7F }
        guard !backend.isEmpty, isPlain, backend.utf8.count <= 255 else {
            return "'\(backend)' cannot be the name of a folder"
        }
        guard !backend.hasPrefix("."), !backend.hasPrefix("_") else {
            return "folders that begin with '.' or '_' are left out of the fixtures, so '\(backend)' cannot be recorded"
        }
        return nil
    }

    /// Makes the folder of each backend, so that one that was never asked is there to miss.
    ///
    /// - Returns: why a folder cannot be made; nil when all are there.
    public func prepare(_ backends: [String]) -> String? {
        do throws(WriteFailure) {
            for backend in backends { try AtomicFile.makeFolder("\(directory)/\(backend)") }
            return nil
        } catch {
            return error.description
        }
    }

    /// Writes an exchange's file, where it says anything new.
    public func record(_ exchange: RecordedExchange, backend: String) -> Event {
        state.withLockedValue { state in
            let event = record(exchange, in: backend, &state)
            state.summary.exchanges += 1
            switch event {
            case .added: state.summary.added += 1
            case .changed: state.summary.changed += 1
            case .unchanged: state.summary.unchanged += 1
            case .omitted(let reason): state.summary.omitted[reason, default: 0] += 1
            case .refused: state.summary.refused += 1
            case .failed: state.summary.failed += 1
            }
            return event
        }
    }

    private func record(_ exchange: RecordedExchange, in backend: String, _ state: inout State) -> Event {
        if let omission = exchange.omission(rules) { return .omitted(omission) }
        let text = FixtureText(exchange, rules)
        let diagnostics = DiagnosticList()
        let source = SourceFile(path: text.name.stem, bytes: text.bytes)
        let name = text.name.stem
        guard let fixture = Fixture.read(source, backend: backend, name: name, diagnostics: diagnostics) else {
            let target = rules.secrets.redacted(exchange.target) ?? exchange.target
            return .refused("\(exchange.method) \(target): \(diagnostics.sorted().first?.message ?? "")")
        }
        for secret in text.redacted { state.summary.redacted[secret, default: 0] += 1 }
        do throws(WriteFailure) {
            if let name = state.folders[backend]?.names[fixture.request] {
                return try update("\(directory)/\(backend)/\(name)", with: text)
            }
            return try add(text, answering: fixture.request, in: backend, &state)
        } catch {
            return .failed(error.description)
        }
    }

    private func add(
        _ text: FixtureText,
        answering request: ExpectedRequest,
        in backend: String,
        _ state: inout State
    ) throws(WriteFailure) -> Event {
        let folder = "\(directory)/\(backend)"
        let taken = state.folders[backend]?.taken ?? []
        let name = text.name.candidates.first { !taken.contains($0) && !AtomicFile.exists("\(folder)/\($0).json") }
        guard let name else { return .refused("\(folder)/\(text.name.stem).json is another request's") }
        try AtomicFile.makeFolder(folder)
        try AtomicFile.write(text.bytes, to: "\(folder)/\(name).json")
        state.folders[backend, default: Folder()].names[request] = name
        state.folders[backend]?.taken.insert(name)
        return .added(path: "\(folder)/\(name).json", leftOut: text.leftOut)
    }

    /// - Parameter path: of the file that answers the request, without its ending.
    private func update(_ path: String, with text: FixtureText) throws(WriteFailure) -> Event {
        let file = "\(path).json"
        let old = AtomicFile.read(file)
        let essence = FixtureText.essence(of: text.bytes)
        if let old, FixtureText.essence(of: old) == essence { return .unchanged(path: file) }
        guard let old else {
            // Someone took it away.
            try AtomicFile.write(text.bytes, to: file)
            return .added(path: file, leftOut: text.leftOut)
        }
        if FixtureText.isHandmade(old) { return .unchanged(path: file) }
        // A failure says less than an answer, whichever came first.
        let (wasFault, isFault) = (FixtureText.isFault(old), FixtureText.isFault(text.bytes))
        let keep = wasFault == isFault ? keep : isFault ? .first : .last
        switch keep {
        case .first: return .unchanged(path: file)
        case .last:
            try AtomicFile.write(text.bytes(replacing: old), to: file)
            return .changed(path: file)
        case .all:
            return try addVariant(of: path, text, essence)
        }
    }

    /// Answers to one request that are kept beside each other.
    private static let maximumVariants = 1000

    private func addVariant(
        of path: String,
        _ text: FixtureText,
        _ essence: [UInt8]?
    ) throws(WriteFailure) -> Event {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let stem = path[...slash] + "_" + path[path.index(after: slash)...]
        for number in 2...Self.maximumVariants {
            let file = "\(stem).\(number).json"
            guard let other = AtomicFile.read(file) else {
                try AtomicFile.write(text.bytes, to: file)
                return .added(path: file, leftOut: text.leftOut)
            }
            if FixtureText.essence(of: other) == essence { return .unchanged(path: file) }
        }
        return .refused("\(path).json has \(Self.maximumVariants) answers already")
    }
}
