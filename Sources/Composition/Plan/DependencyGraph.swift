/// The order of an endpoint's calls, as their references to one another make it.
struct DependencyGraph {
    /// For each call the calls that it waits for.
    let needs: [[Int]]
    /// For each call the calls that its fallback reads.
    let fallbackNeeds: [[Int]]

    /// A chain of calls of which each waits for the next and the last for the first, or nil when there is an order.
    func cycle() -> [Int]? {
        enum Mark { case unseen, open, done }
        var marks = [Mark](repeating: .unseen, count: needs.count)
        var trail: [Int] = []
        func visit(_ call: Int) -> [Int]? {
            switch marks[call] {
            case .done: return nil
            case .open: return trail.firstIndex(of: call).map { Array(trail[$0...]) + [call] }
            case .unseen: break
            }
            marks[call] = .open
            trail.append(call)
            for need in needs[call] + fallbackNeeds[call] {
                if let cycle = visit(need) { return cycle }
            }
            trail.removeLast()
            marks[call] = .done
            return nil
        }
        for call in needs.indices {
            if let cycle = visit(call) { return cycle }
        }
        return nil
    }

    /// All calls, each behind those that it waits for and those that its fallback reads. There must be no cycle.
    func order() -> [Int] {
        var order: [Int] = []
        var seen = Set<Int>()
        func visit(_ call: Int) {
            guard seen.insert(call).inserted else { return }
            for need in needs[call] + fallbackNeeds[call] { visit(need) }
            order.append(call)
        }
        for call in needs.indices { visit(call) }
        return order
    }

    /// Everything that must run when `calls` must, in order of their numbers; fallbacks are left out of account unless
    /// `includingFallbacks`.
    func closure(of calls: [Int], includingFallbacks: Bool = false) -> [Int] {
        var seen = Set<Int>()
        var waiting = calls
        while let call = waiting.popLast() {
            guard seen.insert(call).inserted else { continue }
            waiting += needs[call]
            if includingFallbacks { waiting += fallbackNeeds[call] }
        }
        return seen.sorted()
    }

    /// The calls in stages: those of one stage wait only for calls of earlier ones.
    func stages(of calls: [Int]) -> [[Int]] {
        var stageOfCall: [Int: Int] = [:]
        func stage(_ call: Int) -> Int {
            if let known = stageOfCall[call] { return known }
            let stage = (needs[call].map(stage).max() ?? -1) + 1
            stageOfCall[call] = stage
            return stage
        }
        var stages: [[Int]] = []
        for call in calls {
            let number = stage(call)
            while stages.count <= number { stages.append([]) }
            stages[number].append(call)
        }
        return stages
    }
}
