/// Where the bytes of a text that was put together from several files stand in those files.
///
/// A composition whose references are resolved is one JSON text; whatever is found in it is told at the place where a
/// person wrote it.
public struct SourceMap: Sendable {
    /// Consecutive bytes of one origin, up to the start of the next run.
    public struct Run: Sendable {
        /// The offset of the first byte in the text that was put together.
        public let start: Int
        public let file: SourceFile
        public let origin: Origin
        /// How the file comes to be part of the text; nil for the file that the text is about.
        public let use: Use?

        public init(start: Int, file: SourceFile, origin: Origin, use: Use?) {
            self.start = start
            self.file = file
            self.origin = origin
            self.use = use
        }
    }

    public enum Origin: Sendable {
        /// Copied from the file, from this offset on.
        case copied(from: Int)
        /// Punctuation that joins copies, and the bytes of the file that asked for it.
        case joint(Range<Int>)
        /// Stands in for a fragment that could not be found; that is an error of its own, with nothing to add to it.
        case missing(Range<Int>)
    }

    /// A reference, and the reference that brought the file in which it stands.
    public final class Use: Sendable {
        /// The text of the reference.
        public let place: Diagnostic.Place
        public let outer: Use?

        public init(place: Diagnostic.Place, outer: Use?) {
            self.place = place
            self.outer = outer
        }

        /// From this use outwards.
        var places: [Diagnostic.Place] { [place] + (outer?.places ?? []) }
    }

    /// Ascending; the first begins at 0.
    private let runs: [Run]
    /// The length of the text.
    private let count: Int

    public init(runs: [Run], count: Int) {
        self.runs = runs
        self.count = count
    }

    /// Where a range of the text was written; nil when there is no text.
    func place(of range: Range<Int>) -> Diagnostic.Place? {
        guard let first = run(at: range.lowerBound) else { return nil }
        let uses = first.run.use.map { [Diagnostic.Use(places: $0.places)] } ?? []
        switch first.run.origin {
        case .joint(let whole):
            return Diagnostic.Place(file: first.run.file, range: whole, uses: uses, isMissing: false)
        case .missing(let whole):
            return Diagnostic.Place(file: first.run.file, range: whole, uses: uses, isMissing: true)
        case .copied(let from):
            let start = from + max(0, range.lowerBound - first.run.start)
            let end = end(of: range, from: first) ?? from + (min(range.upperBound, first.end) - first.run.start)
            return Diagnostic.Place(
                file: first.run.file,
                range: start..<max(start, end),
                uses: uses,
                isMissing: false
            )
        }
    }

    /// The end of a range that goes beyond its first run and ends in a copy from the same place.
    private func end(of range: Range<Int>, from first: (run: Run, end: Int)) -> Int? {
        guard range.upperBound > first.end, let last = run(at: range.upperBound - 1)?.run,
            last.file === first.run.file, last.use === first.run.use, case .copied(let from) = last.origin
        else { return nil }
        return from + (range.upperBound - last.start)
    }

    /// The run that holds a byte, and where it ends; the last one for the end of the text.
    private func run(at offset: Int) -> (run: Run, end: Int)? {
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].start <= offset { low = middle } else { high = middle }
        }
        guard runs.indices.contains(low) else { return nil }
        return (runs[low], high < runs.count ? runs[high].start : count)
    }
}
