import Diagnostics
import JSONSlices
import TestSupport
import Testing

@testable import Composition

/// Takes a document apart: some of its objects go to fragments, and references stand in their places.
private struct Cutter {
    var random: SeededGenerator
    /// The members of each fragment file, by its path.
    var fragments: [String: [String]] = ["_a.json": [], "_d/b.json": [], "m/_c.json": []]

    /// The text of a value as it stands in a file of that folder.
    mutating func cut(_ slice: JSONSlice, in folder: [String]) -> String {
        switch slice.kind {
        case .array:
            return "[" + slice.elements.map { cut($0, in: folder) }.joined(separator: " ,") + "]"
        case .object:
            if random.chance(1, in: 2) { return reference(to: slice, in: folder) }
            return "{" + slice.members.map { text($0.key) + " : " + cut($0.value, in: folder) }.joined(separator: ", ")
                + "}"
        default:
            return text(slice)
        }
    }

    /// Puts an object into a fragment; some of its members stay beside the reference and override what is there.
    private mutating func reference(to slice: JSONSlice, in folder: [String]) -> String {
        let path = random.pick(fragments.keys.sorted())
        let home = path.split(separator: "/").dropLast().map(String.init)
        var inside: [String] = []
        var beside: [String] = []
        for (key, value) in slice.members {
            if random.chance(1, in: 4) {
                beside.append(text(key) + ":" + cut(value, in: folder))
                inside.append(text(key) + ":\"overridden\"")
            } else {
                inside.append(text(key) + ":" + cut(value, in: home))
            }
        }
        let number = fragments[path]?.count ?? 0
        fragments[path]?.append("\"a/b~ %\(number)\": {\(inside.joined(separator: ","))}")
        let steps = folder.isEmpty ? path : String(repeating: "../", count: folder.count) + path
        let own = "\"$ref\": \"\(steps)#/a~1b~0%20%25\(number)\""
        beside.insert(own, at: Int.random(in: 0...beside.count, using: &random))
        return "{" + beside.joined(separator: ", ") + "}"
    }

    private func text(_ slice: JSONSlice) -> String { slice.withUTF8 { String(decoding: $0, as: UTF8.self) } }
}

@Suite("Random fragments")
struct FragmentPropertyTests {
    @Test(
        "a document that was taken apart comes together again, and every byte knows where it was written",
        arguments: 0..<4
    )
    func roundTrip(seed: Int) throws {
        var values = RandomTemplates(seed: UInt64(seed))
        var references = 0
        for round in 0..<150 {
            let document = try JSONDocument(parsing: #"{"doc": \#(values.value(depth: 5))}"#)
            var cutter = Cutter(random: SeededGenerator(seed: UInt64(seed * 1_000 + round)))
            let doc = try #require(document.root.member("doc"))
            let text = #"{"doc": \#(cutter.cut(doc, in: ["m"]))}"#
            let file = SourceFile(path: "dir/m/c.json", bytes: Array(text.utf8))
            let files = cutter.fragments.map { path, members in
                SourceFile(path: "dir/\(path)", bytes: Array(("{" + members.joined(separator: ",\n") + "}").utf8))
            }
            let diagnostics = DiagnosticList()
            let resolver = ReferenceResolver(
                fragments: Fragments(directory: "dir", files: files),
                diagnostics: diagnostics
            )
            let whole = try #require(ReferenceExpansion.expand(file, resolver: resolver, diagnostics: diagnostics))
            #expect(diagnostics.sorted().map { $0.rendered() } == [])
            let root = try JSONDocument(parsing: whole.bytes).root
            #expect(compact(root) == compact(document.root), "\(text)\n\(cutter.fragments)")
            try checkPlaces(of: root, in: whole)
            references += cutter.fragments.values.map(\.count).reduce(0, +)
        }
        #expect(references > 100)
    }

    /// Each name and each scalar stands, as it is, in a file that somebody wrote.
    private func checkPlaces(of slice: JSONSlice, in file: SourceFile) throws {
        guard slice.kind == .array || slice.kind == .object else {
            let place = Diagnostic.Place(file: file, range: slice.byteRange)
            try #require(place.range.upperBound <= place.file.bytes.count)
            #expect(Array(place.file.bytes[place.range]) == Array(file.bytes[slice.byteRange]))
            #expect(place.uses.isEmpty == (place.file.path == file.path))
            return
        }
        for element in slice.elements { try checkPlaces(of: element, in: file) }
        for member in slice.members {
            try checkPlaces(of: member.key, in: file)
            try checkPlaces(of: member.value, in: file)
        }
    }

    private func compact(_ slice: JSONSlice) -> String {
        switch slice.kind {
        case .array: "[" + slice.elements.map(compact).joined(separator: ",") + "]"
        case .object: "{" + slice.members.map { compact($0.key) + ":" + compact($0.value) }.joined(separator: ",") + "}"
        default: slice.withUTF8 { String(decoding: $0, as: UTF8.self) }
        }
    }
}
