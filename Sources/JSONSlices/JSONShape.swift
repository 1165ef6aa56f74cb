/// The names of an object's members, prepared once for all the objects that have them.
///
/// Each ``JSONObject`` made with it holds no more than its values: no name is copied, compared or escaped again.
public final class JSONShape: Sendable {
    /// From this many names on a dictionary is faster than a search.
    private static let indexedFrom = 16

    public let names: [String]

    /// The bytes of all names together, without quotes and escapes.
    public let namesLength: Int

    /// The names as they are written into an object, one behind the other: each with the comma before it, or the
    /// object's brace, and the colon.
    let written: [UInt8]

    /// How long an object is with null for every value.
    var lengthWithNulls: Int {
        written.count + 4 * names.count + 1
    }

    /// Where each name begins in ``written``, and the end of the last one.
    private let bounds: [Int]

    /// The place of each name, when there are many.
    private let places: [ExactString: Int]?

    /// nil when a name stands twice, by its code points.
    public init?(_ names: [String]) {
        var places: [ExactString: Int] = [:]
        var written: [UInt8] = []
        var bounds = [0]
        for (place, name) in names.enumerated() {
            guard places.updateValue(place, forKey: ExactString(name)) == nil else { return nil }
            written.append(place == 0 ? ASCII.openBrace : ASCII.comma)
            StringEscaping.append(name, to: &written)
            written.append(ASCII.colon)
            bounds.append(written.count)
        }
        self.names = names
        namesLength = names.reduce(0) { $0 + $1.utf8.count }
        self.written = written
        self.bounds = bounds
        self.places = names.count < Self.indexedFrom ? nil : places
    }

    /// Where the name at a place stands in ``written``, with what separates it from the member before.
    @inline(__always)
    func written(_ place: Int) -> Range<Int> {
        Range(uncheckedBounds: (bounds[place], bounds[place + 1]))
    }

    func place(of name: String) -> Int? {
        if let places { return places[ExactString(name)] }
        return names.firstIndex { ExactString($0) == ExactString(name) }
    }
}
