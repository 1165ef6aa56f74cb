import Diagnostics
import Foundation
import JSONSlices

/// The paths of GET requests that the fixtures of one backend answer, for those that write more of them: the same request
/// must not be answered twice.
public struct RecordedPaths {
    /// Nil for a segment that is a placeholder.
    private var paths: Set<[String?]> = []

    /// - Parameter folder: that of a backend, `fixtures/orders`. What cannot be read there is passed over; nothing is there
    ///   where it is missing.
    public init(in folder: String) {
        for file in Files.fixtures(in: folder) {
            guard let request = (try? JSONDocument(parsing: file.bytes))?.root.member("request"),
                let path = request.member("path")?.string
            else { continue }
            if request.member("method").map({ $0.string == "GET" }) ?? true { insert(path) }
        }
    }

    /// - Parameter path: as a fixture has it, with placeholders.
    /// - Returns: whether it is a new one, whatever its placeholders are called.
    @discardableResult
    public mutating func insert(_ path: String) -> Bool {
        paths.insert(Self.segments(of: path)).inserted
    }

    private static func segments(of path: String) -> [String?] {
        path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            if segment.wholeMatch(of: /\{[A-Za-z_][A-Za-z0-9_]*\}/) != nil { return nil }
            return segment.removingPercentEncoding ?? String(segment)
        }
    }
}
