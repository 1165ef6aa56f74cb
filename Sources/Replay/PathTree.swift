/// Paths with placeholders, segment by segment.
struct PathTree: Sendable {
    private struct Node {
        /// By the segment, indices of nodes.
        var literals: [String: Int] = [:]
        var placeholder: Int?
        var candidates: FixtureCandidates?
    }

    private var nodes = [Node()]

    init(_ patterns: [PathPattern: FixtureCandidates]) {
        for (pattern, candidates) in patterns {
            var node = 0
            for segment in pattern.segments { node = child(of: node, segment) }
            nodes[node].candidates = candidates
        }
    }

    private mutating func child(of node: Int, _ segment: PathPattern.Segment) -> Int {
        let known =
            switch segment {
            case .literal(let text): nodes[node].literals[text]
            case .placeholder: nodes[node].placeholder
            }
        if let known { return known }
        nodes.append(Node())
        let child = nodes.count - 1
        switch segment {
        case .literal(let text): nodes[node].literals[text] = child
        case .placeholder: nodes[node].placeholder = child
        }
        return child
    }

    /// The first answer of the candidates whose path matches, a literal before a placeholder from the first segment on.
    func first<Answer>(matching path: String, _ answer: (FixtureCandidates) -> Answer?) -> Answer? {
        let pieces = PathPattern.pieces(of: path).map(String.init)
        return visit(0, pieces[...], answer)
    }

    private func visit<Answer>(
        _ node: Int,
        _ pieces: ArraySlice<String>,
        _ answer: (FixtureCandidates) -> Answer?
    ) -> Answer? {
        guard let piece = pieces.first else { return nodes[node].candidates.flatMap(answer) }
        let rest = pieces.dropFirst()
        if let child = nodes[node].literals[piece], let found = visit(child, rest, answer) { return found }
        guard !piece.isEmpty, let child = nodes[node].placeholder else { return nil }
        return visit(child, rest, answer)
    }
}
