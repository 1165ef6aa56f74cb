/// Objects of one shape whose values all stand in one document, or are null: what becomes of a list when each element is
/// reduced to some of its values.
///
/// A value is the number of its node and a row costs no reference count and no memory of its own, where an object of
/// ``JSONValue``s has to hold the document once for each value.
public final class JSONTable: Sendable {
    public let document: JSONDocument
    public let shape: JSONShape

    /// The rows.
    public let count: Int

    /// The bytes of all values as they stand in the document; null, where nothing stands, counts none.
    public let textLength: Int

    /// Node numbers row by row; ``JSONNode/noNode`` for null.
    private let cells: [UInt32]

    init(document: JSONDocument, shape: JSONShape, cells: [UInt32]) {
        self.document = document
        self.shape = shape
        self.cells = cells
        count = shape.names.isEmpty ? 0 : cells.count / shape.names.count
        var length = 0
        for cell in cells where cell != JSONNode.noNode { length &+= document.tape[Int(cell)].length }
        textLength = length
    }

    /// nil when the table has no such row.
    public func object(at row: Int) -> JSONObject? {
        row >= 0 && row < count ? JSONObject(table: self, row: row) : nil
    }

    /// What the document says about a value, nil for null.
    @inline(__always)
    func entry(row: Int, column: Int) -> JSONNode? {
        let cell = cells[row &* shape.names.count &+ column]
        return cell == JSONNode.noNode ? nil : document.tape[Int(cell)]
    }

    func value(row: Int, column: Int) -> JSONValue {
        let cell = cells[row * shape.names.count + column]
        return cell == JSONNode.noNode ? .null : .slice(JSONSlice(document: document, node: Int(cell)))
    }

    /// The bytes of a row's values as they stand in the document.
    func textLength(row: Int) -> Int {
        var length = 0
        for column in 0..<shape.names.count { length += entry(row: row, column: column)?.length ?? 0 }
        return length
    }
}

/// Collects the rows of a ``JSONTable``.
public struct JSONTableBuilder: Sendable {
    private let document: JSONDocument
    private let columns: JSONColumns
    private var cells: [UInt32] = []

    /// - Parameter rows: how many to make room for.
    public init(_ document: JSONDocument, columns: JSONColumns, rows: Int) {
        self.document = document
        self.columns = columns
        cells.reserveCapacity(rows * columns.count)
    }

    /// Adds the row that the columns' paths find in `value`.
    ///
    /// - Parameters:
    ///   - value: of the builder's document. Of any other one it counts as null.
    ///   - effort: as for ``JSONSlice/follow(_:effort:)``, for all paths together. When it gets negative, the table is
    ///     incomplete and of no use.
    public mutating func append(_ value: JSONSlice, effort: inout Int) {
        guard value.document === document else {
            cells += repeatElement(JSONNode.noNode, count: columns.count)
            return
        }
        columns.appendCells(from: value.node, of: document, to: &cells, effort: &effort)
    }

    /// Adds a row for each element of `array`; with `isFlattened`, for each element of those that are arrays themselves.
    ///
    /// - Parameters:
    ///   - array: of the builder's document, or it has no elements.
    ///   - rowEffort: what a row takes besides its paths.
    ///   - effort: as in ``append(_:effort:)``; an inner array takes 1 for each of its elements.
    /// - Returns: how many elements stood in inner arrays.
    public mutating func append(
        elementsOf array: JSONSlice,
        isFlattened: Bool,
        rowEffort: Int,
        effort: inout Int
    ) -> Int {
        guard array.document === document, array.kind == .array else { return 0 }
        var innerCount = 0
        var element = array.node &+ 1
        let end = Int(document.tape[array.node].next)
        while element < end, effort >= 0 {
            let entry = document.tape[element]
            if isFlattened, entry.isArray {
                effort -= entry.count
                innerCount += entry.count
                var inner = element &+ 1
                while inner < Int(entry.next), effort >= 0 {
                    effort -= rowEffort
                    columns.appendCells(from: inner, of: document, to: &cells, effort: &effort)
                    inner = Int(document.tape[inner].next)
                }
            } else {
                effort -= rowEffort
                columns.appendCells(from: element, of: document, to: &cells, effort: &effort)
            }
            element = Int(entry.next)
        }
        return innerCount
    }

    public consuming func finish() -> JSONTable {
        JSONTable(document: document, shape: columns.shape, cells: cells)
    }
}
