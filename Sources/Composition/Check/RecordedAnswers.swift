/// Answers of the backends as they were recorded: examples of what calls will get.
public struct RecordedAnswers: Sendable {
    public struct Answer: Sendable {
        public let method: String
        /// What follows each slash of the path, decoded; nil where anything may stand.
        public let segments: [String?]
        public let status: Int
        /// JSON, or else the answer is no example; empty where there is none.
        public let body: [UInt8]

        /// - Parameter path: percent-encoded, from the first `/` on, without the query.
        public init(method: String, path: String, status: Int, body: [UInt8]) {
            let pieces = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            let segments = pieces.map { PercentDecoding.decode($0.utf8, plusIsSpace: false) ?? String($0) }
            self.init(method: method, segments: segments, status: status, body: body)
        }

        public init(method: String, segments: [String?], status: Int, body: [UInt8]) {
            self.method = method
            self.segments = segments
            self.status = status
            self.body = body
        }
    }

    private let answers: [String: [Answer]]

    /// - Parameter answers: by backend, with bodies that are complete.
    public init(_ answers: [String: [Answer]]) {
        self.answers = answers
    }

    /// Bytes that are looked at for one call: to read more would be felt at each start.
    private static let maximumBytes = 16 << 20

    /// The bodies of the answers that a request of the call could get and would accept, as far as its method and path
    /// and the answer's status tell. None where they are too much to read: what only some of them tell is not true of all.
    func bodies(for call: Call) -> [[UInt8]] {
        let matching = accepted(by: call).filter { (200..<300).contains($0.status) && ![204, 205].contains($0.status) }
        let size = matching.reduce(0) { $0 + $1.body.count }
        return size <= Self.maximumBytes ? matching.map(\.body) : []
    }

    /// A recorded answer that the call would accept and that gives it no value.
    func hasAnswerWithoutValue(for call: Call) -> Bool {
        accepted(by: call).contains { answer in
            !(200..<300).contains(answer.status) || [204, 205].contains(answer.status)
                || call.isUnsafe && answer.body.isEmpty
        }
    }

    /// All answers of a backend, whatever they say.
    func recorded(of backend: String) -> [Answer] { answers[backend] ?? [] }

    private func accepted(by call: Call) -> [Answer] {
        call.backends.flatMap { answers[$0] ?? [] }.filter { answer in
            answer.method == call.method && call.path.couldBe(answer.segments)
                && call.success.allows(status: answer.status)
        }
    }
}

extension PathTemplate {
    /// Whether some values make this path of it.
    ///
    /// - Parameter wanted: the path's segments, decoded; nil where anything may stand.
    func couldBe(_ wanted: [String?]) -> Bool {
        wanted.count == segments.count
            && zip(segments, wanted).allSatisfy { segment, text in text.map(segment.template.couldBe) ?? true }
    }
}

extension TextTemplate {
    /// Whether some values, none of them empty, make this text of it.
    fileprivate func couldBe(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        var isAnchored = true
        for (index, part) in parts.enumerated() {
            guard case .text(let literal) = part else {
                isAnchored = false
                continue
            }
            let wanted = Array((PercentDecoding.decode(literal.utf8, plusIsSpace: false) ?? literal).utf8)
            // Behind an expression at least one byte is the expression's own.
            let isLast = index == parts.count - 1
            let from = isAnchored ? rest.startIndex : rest.startIndex + 1
            let places =
                isAnchored ? [from] : isLast ? [rest.endIndex - wanted.count] : Array(from...max(from, rest.endIndex))
            guard
                let place = places.first(where: { place in
                    place >= from && place <= rest.endIndex && rest[place...].starts(with: wanted)
                })
            else { return false }
            rest = rest[(place + wanted.count)...]
            isAnchored = true
        }
        return isAnchored ? rest.isEmpty : !rest.isEmpty
    }
}
