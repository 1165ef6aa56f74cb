import Diagnostics
import JSONSlices

/// Reads `mirror` of a proxy.
struct MirrorReader {
    let context: CompilationContext

    /// - Parameter sides: those that get the requests themselves.
    /// - Returns: nil where there is none, or not a right one.
    func read(_ holder: ObjectReader, besides sides: [String]) -> Mirror? {
        guard let slice = holder["mirror"], let reader = holder.nested("mirror", known: Mirror.keys) else { return nil }
        let percent = percent(reader)
        let copiesUnsafe = reader.bool("unsafe") ?? false
        let maxConcurrency = reader.integer("maxConcurrency", in: 1...10_000) ?? 16
        guard let backend = SplitReader(context: context).backend("backend", reader) else { return nil }
        if sides.contains(backend) {
            context.error(
                "'\(backend)' gets the requests themselves, and their copies again",
                at: reader["backend"] ?? slice,
                help: "name another backend"
            )
        }
        return Mirror(
            backend: backend,
            percent: percent,
            copiesUnsafe: copiesUnsafe,
            maxConcurrency: maxConcurrency
        )
    }

    private func percent(_ reader: ObjectReader) -> Double {
        guard let slice = reader["percent"] else { return 100 }
        guard let number = slice.numberText.flatMap(Double.init), number > 0, number <= 100 else {
            return reader.mismatch("percent", slice, wanted: "a number above 0 and up to 100, such as 0.5") ?? 100
        }
        return number
    }
}
