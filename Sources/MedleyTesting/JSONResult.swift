import JMESPath
import JSONSlices

/// A JSON value in which tests look around: `reply.json["orders"][0]["total"].number`.
///
/// What is not there is null, so that a chain of names never traps.
public struct JSONResult: Sendable, CustomStringConvertible {
    private let value: JSONValue

    init(parsing bytes: [UInt8]) {
        value = (try? JSONDocument(parsing: bytes)).map { .slice($0.root) } ?? .null
    }

    private init(_ value: JSONValue) {
        self.value = value
    }

    public subscript(name: String) -> JSONResult { JSONResult(value.member(name) ?? .null) }

    public subscript(index: Int) -> JSONResult { JSONResult(value.element(at: index) ?? .null) }

    /// The elements of an array or the members of an object; 0 for any other value.
    public var count: Int { value.count }

    public var isNull: Bool { value.isNull }

    /// The text of a string; nil for any other value.
    public var string: String? { value.string }

    /// The digits of a number as they were written, `"12.50"`; nil for any other value.
    public var number: String? { value.numberText }

    /// A number that is whole and small enough; nil for any other value.
    public var int: Int? { value.numberText.flatMap { Int($0) } }

    /// nil for what is neither true nor false.
    public var bool: Bool? { value.bool }

    /// The value of a JMESPath expression over this one, with Medley's functions: `"sum(orders[].total)"`.
    ///
    /// - Throws: an error that says what is wrong with the expression, or with the value for it.
    public func evaluate(_ expression: String) throws -> JSONResult {
        var budget = EvaluationBudget()
        return JSONResult(try Expression.parse(expression).evaluate(root: value, budget: &budget))
    }

    /// The JSON text.
    public var description: String {
        var writer = JSONWriter()
        writer.write(value)
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}
