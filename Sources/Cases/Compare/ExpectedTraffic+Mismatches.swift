import Diagnostics

extension ExpectedTraffic {
    /// What is different from what backends were asked.
    ///
    /// - Parameter received: in the order in which the requests arrived.
    func mismatches(of received: [ReceivedRequest]) -> [Mismatch] {
        shares.flatMap { mismatches(of: $0, received) }
            + parallel.flatMap { notParallel($0, received) }
            + sequence.flatMap { notInSequence($0, received) }
    }

    private func mismatch(_ path: String, _ expected: String?, _ actual: String?, _ range: Range<Int>) -> Mismatch {
        Mismatch(path: path, expected: expected, actual: actual, place: Diagnostic.Place(file: file, range: range))
    }

    // MARK: What was sent

    private func mismatches(of share: Share, _ received: [ReceivedRequest]) -> [Mismatch] {
        let requests = received.filter(share.target.matches)
        let path = "backends.\(share.target.name)"
        var found: [Mismatch] = []
        if let count = share.requests, !count.range.contains(requests.count) {
            found.append(mismatch("\(path).requests", count.words, String(requests.count), count.place))
        }
        let partners = partners(of: share.sent, among: requests)
        for (index, sent) in share.sent.enumerated() where partners[index] == nil {
            let free = requests.indices.filter { !partners.values.contains($0) }.map { requests[$0] }
            let path = "\(path).sent[\(index)]"
            let nearest = free.map { self.mismatches(of: sent, $0, path) }.min { $0.count < $1.count }
            found += nearest ?? [mismatch(path, sent.words, nil, sent.range)]
        }
        return found
    }

    /// A request of its own for each that is expected, as far as there are any: augmenting paths (Kuhn, 1955).
    private func partners(of sent: [Sent], among requests: [ReceivedRequest]) -> [Int: Int] {
        let candidates = sent.map { sent in requests.indices.filter { mismatches(of: sent, requests[$0], "").isEmpty } }
        var owners: [Int: Int] = [:]
        func place(_ index: Int, _ visited: inout Set<Int>) -> Bool {
            for request in candidates[index] where visited.insert(request).inserted {
                if let owner = owners[request], !place(owner, &visited) { continue }
                owners[request] = index
                return true
            }
            return false
        }
        for index in sent.indices {
            var visited: Set<Int> = []
            _ = place(index, &visited)
        }
        return Dictionary(owners.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    }

    private func mismatches(of sent: Sent, _ request: ReceivedRequest, _ path: String) -> [Mismatch] {
        var found: [Mismatch] = []
        if let method = sent.method, method.text != request.method {
            found.append(mismatch("\(path).method", method.text, request.method, method.range))
        }
        if let wanted = sent.path, !Wildcard.matches(request.path, wanted.text) {
            found.append(mismatch("\(path).path", wanted.text, request.path, wanted.range))
        }
        func compare(_ fields: [ExpectedField], _ name: String, _ values: (String) -> [String]) {
            for field in fields where !field.matches(values(field.name)) {
                let (expected, actual) = (field.values, values(field.name))
                found.append(
                    mismatch(
                        "\(path).\(name).\(field.name)",
                        ExpectedField.shown(expected),
                        ExpectedField.shown(actual),
                        field.range
                    )
                )
            }
        }
        compare(sent.query, "query", request.queryValues)
        compare(sent.headers, "headers", request.headerValues)
        return found + sent.body.mismatches(of: request.body, path: "\(path).body", file: file)
    }

    // MARK: When it was sent

    private func notParallel(_ group: Group, _ received: [ReceivedRequest]) -> [Mismatch] {
        let requests = group.targets.map { target in received.filter(target.matches) }
        if let missing = missing(in: group, requests, "parallel") { return missing }
        if let only = requests.first, requests.count == 1 {
            let overlap = only.indices.contains { left in
                only.indices.contains { $0 > left && only[left].overlaps(only[$0]) }
            }
            return overlap ? [] : [inTime(group, "parallel", "requests that overlap in time", requests)]
        }
        for left in requests.indices {
            for right in requests.indices where right > left {
                let overlap = requests[left].contains { one in requests[right].contains { one.overlaps($0) } }
                if !overlap { return [inTime(group, "parallel", "requests that overlap in time", requests)] }
            }
        }
        return []
    }

    private func notInSequence(_ group: Group, _ received: [ReceivedRequest]) -> [Mismatch] {
        let requests = group.targets.map { target in received.filter(target.matches) }
        if let missing = missing(in: group, requests, "sequence") { return missing }
        let inOrder = zip(requests, requests.dropFirst()).allSatisfy { earlier, later in
            earlier.allSatisfy { one in later.allSatisfy { one.endedBefore($0) } }
        }
        return inOrder ? [] : [inTime(group, "sequence", "one answered before the next is asked", requests)]
    }

    private func missing(in group: Group, _ requests: [[ReceivedRequest]], _ path: String) -> [Mismatch]? {
        let missing = zip(group.targets, requests).filter { $0.1.isEmpty }.map(\.0)
        guard !missing.isEmpty else { return nil }
        return missing.map { mismatch(path, "a request to \($0.name)", nil, $0.range) }
    }

    private func inTime(_ group: Group, _ path: String, _ wanted: String, _ requests: [[ReceivedRequest]]) -> Mismatch {
        let start = requests.joined().map(\.began).min()
        let spans = zip(group.targets, requests).map { target, requests in
            "\(target.name) \(requests.prefix(4).map { $0.span(since: start) }.joined(separator: ", "))"
                + (requests.count > 4 ? ", …" : "")
        }
        let names = group.targets.map(\.name).joined(separator: ", ")
        return mismatch("\(path) \(names)", wanted, spans.joined(separator: "; "), group.range)
    }
}

extension ExpectedTraffic.Count {
    fileprivate var words: String {
        switch (range.lowerBound, range.upperBound) {
        case (let low, let high) where low == high: String(low)
        case (0, let high): "\(high) at the most"
        case (let low, 100_000): "\(low) at the least"
        case (let low, let high): "\(low) to \(high)"
        }
    }
}

extension ExpectedTraffic.Sent {
    fileprivate var words: String {
        let first = [method?.text, path?.text].compactMap { $0 }.joined(separator: " ")
        return first.isEmpty ? "one more request" : first
    }
}
