/// Answers of the backends as they were recorded: examples of what calls will get.
public struct RecordedAnswers: Sendable {
    public struct Answer: Sendable {
        public let method: String
        /// Percent-encoded, from the first `/` on, without the query.
        public let path: String
        public let status: Int
        /// JSON, or else the answer is no example; empty where there is none.
        public let body: [UInt8]

        public init(method: String, path: String, status: Int, body: [UInt8]) {
            self.method = method
            self.path = path
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

    private func accepted(by call: Call) -> [Answer] {
        (answers[call.backend] ?? []).filter { answer in
            answer.method == call.method && call.path.couldBe(answer.path)
                && call.success.allows(status: answer.status)
        }
    }
}

extension PathTemplate {
    /// Whether some values make this path of it, percent-encoding aside.
    func couldBe(_ path: String) -> Bool {
        let pieces = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard pieces.count == segments.count else { return false }
        return zip(segments, pieces).allSatisfy { segment, piece in
            guard let text = PercentDecoding.decode(piece.utf8, plusIsSpace: false) else { return false }
            return segment.template.couldBe(text)
        }
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
