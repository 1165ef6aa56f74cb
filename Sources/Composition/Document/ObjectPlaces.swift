import Diagnostics
import JSONSlices

/// Where the members of an object stand in their file, for findings about what was compiled from them.
struct ObjectPlaces: Sendable {
    private let keys: [String: Diagnostic.Place]
    private let values: [String: Diagnostic.Place]
    private let elements: [String: [Diagnostic.Place]]

    init(_ reader: ObjectReader) {
        func place(_ slice: JSONSlice) -> Diagnostic.Place { .init(file: reader.file, range: slice.byteRange) }
        var keys: [String: Diagnostic.Place] = [:]
        var values: [String: Diagnostic.Place] = [:]
        var elements: [String: [Diagnostic.Place]] = [:]
        for member in reader.members {
            keys[member.name] = place(member.key)
            values[member.name] = place(member.value)
            if member.value.kind == .array { elements[member.name] = member.value.elements.map(place) }
        }
        self.keys = keys
        self.values = values
        self.elements = elements
    }

    /// The member's name; nil where there is no such member.
    func key(_ name: String) -> Diagnostic.Place? { keys[name] }

    func value(_ name: String) -> Diagnostic.Place? { values[name] }

    /// The elements of a member that is a list.
    func elements(of name: String) -> [Diagnostic.Place] { elements[name] ?? [] }
}
