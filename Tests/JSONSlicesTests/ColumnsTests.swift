import TestSupport
import Testing

@testable import JSONSlices

@Suite("Columns and tables against paths and rows") struct ColumnsTests {
    /// Names that are alike: in length, in their first eight bytes, and in how they can be written.
    private static let names = [
        "", "a", "b", "id", "ib", "name", "nama", "a2345678", "a2345679", "a23456789", "a23456780", "é", "e\u{301}",
        "q\"", String(repeating: "n", count: 63), String(repeating: "n", count: 70),
        String(repeating: "n", count: 69) + "m",
    ]
    private static let scalars = [
        "null", "true", "-1.50", "\"\"", "\"x\"", "\"0123456789abcdef0123456789\"", "[]", "{}",
    ]

    private static func value(depth: Int, _ random: inout SeededGenerator) -> String {
        guard depth > 0, !random.chance(1, in: 5) else { return random.pick(scalars) }
        var items: [String] = []
        let isObject = random.chance(2, in: 3)
        for _ in 0..<Int.random(in: 0...(random.chance(1, in: 8) ? 40 : 5), using: &random) {
            let item = value(depth: depth - 1, &random)
            items.append(isObject ? name(random.pick(names), &random) + ":" + item : item)
        }
        return (isObject ? "{" : "[") + items.joined(separator: ", ") + (isObject ? "}" : "]")
    }

    /// The name as it is, or with escapes that need not be.
    private static func name(_ name: String, _ random: inout SeededGenerator) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            let hex = String(scalar.value, radix: 16)
            let escaped = "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            text += scalar == "\"" || random.chance(1, in: 12) ? escaped : String(scalar)
        }
        return "\"\(text)\""
    }

    private static func path(_ random: inout SeededGenerator) -> JSONPath {
        JSONPath(
            (0..<Int.random(in: 0...3, using: &random)).map { _ in
                random.chance(3, in: 4)
                    ? .member(JSONKey(random.pick(names))) : .index(Int.random(in: -4...4, using: &random))
            }
        )
    }

    private static func columns(_ random: inout SeededGenerator) throws -> (JSONColumns, [JSONPath]) {
        var paths = (0..<Int.random(in: 1...9, using: &random)).map { _ in path(&random) }
        // One is there twice, and one goes on from another.
        if random.chance(1, in: 2), let some = paths.randomElement(using: &random) {
            paths.append(some)
            paths.append(JSONPath(some.steps + path(&random).steps))
        }
        let shape = try #require(JSONShape(paths.indices.map { "column \($0)" }))
        return (try #require(JSONColumns(shape: shape, paths: paths)), paths)
    }

    @Test("each cell is where its path leads by itself, for the same effort", arguments: 0..<8)
    func cells(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(3_000 + seed))
        for _ in 0..<150 {
            let document = try JSONDocument(parsing: Self.value(depth: 4, &random))
            let (columns, paths) = try Self.columns(&random)
            var effort = 10_000
            let expected = paths.map { document.root.follow($0, effort: &effort)?.node }
            var tableEffort = 10_000
            var builder = JSONTableBuilder(document, columns: columns, rows: 1)
            builder.append(document.root, effort: &tableEffort)
            let table = builder.finish()
            let found = paths.indices.map { column -> Int? in
                if case .slice(let slice) = table.value(row: 0, column: column) { slice.node } else { nil }
            }
            #expect(found == expected)
            #expect(tableEffort == effort)
            try exhaust(document, columns, used: 10_000 - effort)
        }
    }

    /// With what was used it is enough, with less it is not.
    private func exhaust(_ document: JSONDocument, _ columns: JSONColumns, used: Int) throws {
        for effort in [used, used - 1, used / 2, 0] where effort >= 0 {
            var left = effort
            var builder = JSONTableBuilder(document, columns: columns, rows: 1)
            builder.append(document.root, effort: &left)
            #expect((left < 0) == (effort < used))
            let table = builder.finish()
            #expect(table.count == (effort < used ? 0 : 1))
        }
    }

    @Test("the elements of an array, flattened or not, become the rows that they become one by one", arguments: 0..<4)
    func elements(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(4_000 + seed))
        for round in 0..<60 {
            let items = (0..<Int.random(in: 0...20, using: &random)).map { _ in Self.value(depth: 3, &random) }
            let document = try JSONDocument(parsing: "[" + items.joined(separator: ",") + "]")
            let (columns, _) = try Self.columns(&random)
            let isFlattened = round % 2 == 0
            var (together, apart) = (100_000, 100_000)
            var builder = JSONTableBuilder(document, columns: columns, rows: 0)
            let inner = builder.append(
                elementsOf: document.root,
                isFlattened: isFlattened,
                rowEffort: 3,
                effort: &together
            )
            var single = JSONTableBuilder(document, columns: columns, rows: 0)
            var innerCount = 0
            for element in document.root.elements {
                let isSpread = isFlattened && element.kind == .array
                if isSpread {
                    innerCount += element.count
                    apart -= element.count
                }
                for row in isSpread ? Array(element.elements) : [element] {
                    apart -= 3
                    single.append(row, effort: &apart)
                }
            }
            #expect(inner == innerCount && together == apart)
            let (table, other) = (builder.finish(), single.finish())
            #expect(table.count == other.count && written(.table(table)) == written(.table(other)))
        }
    }

    @Test("a table is, to every reader, the array of its rows", arguments: 0..<4)
    func tableAsArray(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(5_000 + seed))
        for _ in 0..<60 {
            let items = (0..<Int.random(in: 0...6, using: &random)).map { _ in Self.value(depth: 3, &random) }
            let document = try JSONDocument(parsing: "[" + items.joined(separator: ",") + "]")
            let (columns, paths) = try Self.columns(&random)
            var effort = 100_000
            var builder = JSONTableBuilder(document, columns: columns, rows: items.count)
            for element in document.root.elements { builder.append(element, effort: &effort) }
            let table = builder.finish()
            let rows = document.root.elements.map { row -> JSONValue in
                let values = paths.map { row.follow($0, effort: &effort).map(JSONValue.slice) ?? .null }
                return .object(JSONObject(members: zip(columns.shape.names, values).map { (key: $0, value: $1) }))
            }
            let (one, other) = (JSONValue.table(table), JSONValue.array(rows))
            #expect(one.kind == .array && one.count == other.count && !one.isNull)
            #expect(one.string == nil && one.bool == nil && one.numberText == nil && one.objectMembers == nil)
            #expect(one.member("column 0") == nil && one.member(JSONKey("column 0")) == nil && !one.isString("a"))
            for place in -1...items.count {
                #expect(one.element(at: place).map(written) == other.element(at: place).map(written))
            }
            #expect(one.arrayElements?.map(written) == other.arrayElements?.map(written))
            #expect(written(one) == written(other))
            #expect(written(.array([one, .null, one])) == written(.array([other, .null, other])))
            let length = rows.reduce(0) { sum, row in
                (row.objectMembers ?? []).reduce(sum) { sum, member -> Int in
                    if case .slice(let slice) = member.value { sum + slice.byteRange.count } else { sum }
                }
            }
            #expect(table.textLength == length)
        }
    }

    @Test("values of every length are written whole, up to the last byte of the document")
    func lengths() throws {
        let shape = try #require(JSONShape(["", "v"]))
        let paths = [JSONPath([]), JSONPath([.member("missing")])]
        let columns = try #require(JSONColumns(shape: shape, paths: paths))
        for length in 0...40 {
            for document in ["\"\(String(repeating: "x", count: length))\"", String(repeating: "7", count: length + 1)]
            {
                let parsed = try JSONDocument(parsing: document)
                var effort = 100
                var builder = JSONTableBuilder(parsed, columns: columns, rows: 3)
                for _ in 0..<3 { builder.append(parsed.root, effort: &effort) }
                let row = "{\"\":\(document),\"v\":null}"
                let table = builder.finish()
                #expect(written(.table(table)) == "[\(row),\(row),\(row)]")
                #expect(written(.object(try #require(table.object(at: 2)))) == row)
            }
        }
    }

    private func written(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.write(value)
        return text(writer.finish())
    }
}
