extension Diagnostic {
    /// Bytes of a file that a person wrote.
    public struct Place: Sendable {
        public let file: SourceFile
        public let range: Range<Int>
        /// For text of a fragment: the references that lead to it, each for itself. Empty for a file of its own.
        public private(set) var uses: [Use]
        /// Whether the text stands in for a fragment that could not be found. That is an error of its own, and what
        /// follows from it is none.
        public let isMissing: Bool

        /// - Parameters:
        ///   - file: one that was put together from several gives way to the one that the text stands in.
        ///   - range: bytes of `file`.
        public init(file: SourceFile, range: Range<Int>) {
            self = file.map?.place(of: range) ?? Place(file: file, range: range, uses: [], isMissing: false)
        }

        init(file: SourceFile, range: Range<Int>, uses: [Use], isMissing: Bool) {
            self.file = file
            self.range = range
            self.uses = uses
            self.isMissing = isMissing
        }

        /// Bytes of a fragment that a chain of references leads to.
        public init(file: SourceFile, range: Range<Int>, use: SourceMap.Use?) {
            let uses = use.map { [Use(places: $0.places)] } ?? []
            self.init(file: file, range: range, uses: uses, isMissing: false)
        }

        /// Takes over the uses of the same text that are not known yet.
        mutating func add(_ uses: [Use]) {
            let known = Set(self.uses)
            self.uses += uses.filter { !known.contains($0) }
        }

        /// `path:line:column` of the first byte.
        public var start: String {
            let position = file.position(of: range.lowerBound)
            return "\(file.path):\(position.line):\(position.column)"
        }
    }

    /// One way in which a fragment becomes part of a composition: the reference to it, then the reference that brought
    /// the file of that one, and so on.
    public struct Use: Hashable, Sendable, CustomStringConvertible {
        public let places: [Place]

        /// `compositions/home.json:12:7`, or several places from the inside out.
        public var description: String { places.map(\.start).joined(separator: ", which is used by ") }

        public static func == (left: Use, right: Use) -> Bool {
            left.places.elementsEqual(right.places) { $0.file === $1.file && $0.range == $1.range }
        }

        public func hash(into hasher: inout Hasher) {
            for place in places { hasher.combine(place.range) }
        }
    }
}
