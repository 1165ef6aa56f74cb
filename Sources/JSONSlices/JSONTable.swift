/// Objects of one shape whose values all stand in one document, or are null: what becomes of a list when each element is
/// reduced to some of its values.
///
/// A value is the number of its node and a row costs no reference count and no memory of its own, where an object of
/// ``JSONValue``s has to hold the document once for each value.
public final class JSONTable: Sendable {
    public let document: JSONDocument
    let shape: JSONShape

    /// Node numbers row by row; ``JSONNode/noNode`` for null.
    private let cells: [UInt32]

    init(document: JSONDocument, shape: JSONShape, cells: [UInt32]) {
        self.document = document
        self.shape = shape
        self.cells = cells
    }

    /// nil when the table has no such row.
    public func object(at row: Int) -> JSONObject? {
        let width = shape.names.count
        guard row >= 0, width > 0, row < cells.count / width else { return nil }
        return JSONObject(table: self, row: row)
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
        for column in 0..<shape.names.count {
            guard let entry = entry(row: row, column: column) else { continue }
            length += Int(entry.end) - Int(entry.start)
        }
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

    public consuming func finish() -> JSONTable {
        JSONTable(document: document, shape: columns.shape, cells: cells)
    }
}
