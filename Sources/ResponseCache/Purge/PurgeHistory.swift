/// The purges that are remembered, and what follows from them. A plain value; `PurgeLog` shares it among threads.
///
/// A response that may have missed a purge counts as purged. So what is forgotten, or was never heard of, costs hits and
/// never brings back what was purged.
struct PurgeHistory {
    /// What became of a purge that another node gave a number.
    typealias Outcome = PurgeLog.Outcome

    /// The epochs that are remembered so as not to be entered again.
    private static let maximumEpochs = 256
    private static let maximumGaps = 64

    private let limit: Int
    /// The newest purge that was heard of.
    private(set) var current: UInt64 = 0
    /// Responses older than this count as purged: purges up to here may be forgotten.
    private(set) var floor: UInt64 = 0
    /// Numbers below `current` whose purges were not heard of, in order.
    private(set) var gaps: [ClosedRange<UInt64>] = []
    private var formerEpochs: [UInt32] = []

    /// In the order of their numbers.
    private(set) var kept: [Purge] = []
    private var newestByURL: [String: UInt64] = [:]
    private var newestByTag: [String: UInt64] = [:]
    /// In the order of their numbers. A response is checked again after each purge, so the prefixes newer than its last
    /// check are few, and going through them costs less than a search tree would at every purge.
    private var prefixes: [(generation: UInt64, bytes: [UInt8])] = []

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    func isPurged(generation: UInt64, url: String, tags: [String]) -> Bool {
        guard generation >> 32 == current >> 32, generation >= floor else { return true }
        if let gap = gaps.last, generation < gap.upperBound { return true }
        guard generation < current else { return false }
        if let newest = newestByURL[url], newest > generation { return true }
        if !newestByTag.isEmpty {
            for tag in tags {
                if let newest = newestByTag[tag], newest > generation { return true }
            }
        }
        return hasPrefix(url, newerThan: generation)
    }

    private func hasPrefix(_ url: String, newerThan generation: UInt64) -> Bool {
        guard let last = prefixes.last, last.generation > generation else { return false }
        var url = url
        return url.withUTF8 { text in
            for prefix in prefixes.reversed() {
                guard prefix.generation > generation else { return false }
                if prefix.bytes.count <= text.count, Self.equal(text, prefix.bytes) { return true }
            }
            return false
        }
    }

    /// From the end: the prefixes of one site begin alike.
    private static func equal(_ text: UnsafeBufferPointer<UInt8>, _ prefix: [UInt8]) -> Bool {
        for position in prefix.indices.reversed() where text[position] != prefix[position] { return false }
        return true
    }
}

// MARK: - What happens

extension PurgeHistory {
    /// Gives a purge the next number: for a node by itself.
    mutating func record(_ target: Purge.Target) -> Purge {
        if UInt32(truncatingIfNeeded: current) == .max { startEpoch() }
        let purge = Purge(generation: current + 1, target: target)
        current = purge.generation
        remember(purge)
        return purge
    }

    /// Takes in a purge whose number a shared counter gave. They may come late, twice, or not at all.
    mutating func apply(_ purge: Purge) -> Outcome {
        guard purge.generation >> 32 == current >> 32 else { return .otherEpoch }
        if purge.generation > current {
            let first = current + 1
            current = purge.generation
            remember(purge)
            guard first < purge.generation else { return .applied }
            let gap = first...purge.generation - 1
            note(gap)
            return .missing(gap)
        }
        guard fillGap(with: purge.generation) else { return .known }
        remember(purge)
        return .applied
    }

    /// What the shared counter says of itself: when a node starts, when the missing purges are not to be had, when it has
    /// begun anew. Everything older counts as purged.
    mutating func reset(epoch: UInt32, count: UInt32) -> Bool {
        let generation = PurgeGeneration(epoch: epoch, count: count).number
        if generation >> 32 == current >> 32 {
            guard generation >= current else { return false }
        } else {
            guard !formerEpochs.contains(epoch), formerEpochs.count < Self.maximumEpochs else { return false }
            formerEpochs.append(PurgeGeneration(current).epoch)
        }
        forgetAll(upTo: generation)
        return true
    }

    private mutating func startEpoch() {
        formerEpochs.append(PurgeGeneration(current).epoch)
        var epoch = PurgeGeneration(current).epoch &+ 1
        while formerEpochs.contains(epoch) { epoch &+= 1 }
        forgetAll(upTo: PurgeGeneration(epoch: epoch, count: 0).number)
    }

    private mutating func forgetAll(upTo generation: UInt64) {
        current = generation
        floor = generation
        gaps = []
        kept = []
        newestByURL = [:]
        newestByTag = [:]
        prefixes = []
    }
}

// MARK: - Gaps

extension PurgeHistory {
    private mutating func note(_ gap: ClosedRange<UInt64>) {
        gaps.append(gap)
        if gaps.count > Self.maximumGaps { raiseFloor(to: gaps.removeFirst().upperBound) }
    }

    /// False when the number is in none.
    private mutating func fillGap(with generation: UInt64) -> Bool {
        guard let position = gaps.firstIndex(where: { $0.contains(generation) }) else { return false }
        let gap = gaps[position]
        var rest: [ClosedRange<UInt64>] = []
        if gap.lowerBound < generation { rest.append(gap.lowerBound...generation - 1) }
        if generation < gap.upperBound { rest.append(generation + 1...gap.upperBound) }
        gaps.replaceSubrange(position...position, with: rest)
        if gaps.count > Self.maximumGaps { raiseFloor(to: gaps.removeFirst().upperBound) }
        return true
    }

    private mutating func raiseFloor(to generation: UInt64) {
        floor = max(floor, generation)
        gaps.removeAll { $0.upperBound <= floor }
    }
}

// MARK: - Memory

extension PurgeHistory {
    private mutating func remember(_ purge: Purge) {
        let generation = purge.generation
        switch purge.target {
        case .url(let url): newestByURL[url] = max(newestByURL[url] ?? 0, generation)
        case .tag(let tag): newestByTag[tag] = max(newestByTag[tag] ?? 0, generation)
        case .prefix(let prefix):
            let place = (prefixes.lastIndex { $0.generation < generation } ?? -1) + 1
            prefixes.insert((generation, Array(prefix.utf8)), at: place)
        case .all:
            raiseFloor(to: generation)
            return
        }
        let place = (kept.lastIndex { $0.generation < generation } ?? -1) + 1
        kept.insert(purge, at: place)
        if kept.count > limit { forgetOldest() }
    }

    /// An eighth of them at once, so that it seldom happens.
    private mutating func forgetOldest() {
        let count = kept.count - limit + limit / 8
        guard count > 0, count <= kept.count else { return }
        let last = kept[count - 1].generation
        for purge in kept[..<count] {
            switch purge.target {
            case .url(let url): if newestByURL[url] == purge.generation { newestByURL[url] = nil }
            case .tag(let tag): if newestByTag[tag] == purge.generation { newestByTag[tag] = nil }
            case .prefix, .all: break
            }
        }
        kept.removeFirst(count)
        prefixes.removeAll { $0.generation <= last }
        raiseFloor(to: last)
    }
}
