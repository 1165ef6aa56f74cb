public import CurlTransport
import Diagnostics
import JMESPath
public import JSONSlices

/// What a reply must be.
public struct ExpectedReply: Sendable {
    /// An expression over the reply's JSON that must be true.
    struct Condition: Sendable {
        let expression: Expression
        let range: Range<Int>
    }

    public var status: Int
    public var headers: [ExpectedField]
    public var body: ExpectedBody
    var conditions: [Condition]
    /// Where all of this stands; nil for what no file states.
    var file: SourceFile?
    var statusRange: Range<Int>
    /// The object with the headers; nil where there is none.
    var headersRange: Range<Int>?

    /// What no file states.
    public init(status: Int, headers: [ExpectedField] = [], body: ExpectedBody = .any) {
        self.init(
            status: status,
            headers: headers,
            body: body,
            conditions: [],
            file: nil,
            statusRange: 0..<0,
            headersRange: nil
        )
    }

    init(
        status: Int,
        headers: [ExpectedField],
        body: ExpectedBody,
        conditions: [Condition],
        file: SourceFile?,
        statusRange: Range<Int>,
        headersRange: Range<Int>?
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.conditions = conditions
        self.file = file
        self.statusRange = statusRange
        self.headersRange = headersRange
    }
}

/// A field of a reply or of a request, or a parameter of a query.
public struct ExpectedField: Sendable {
    public var name: String
    /// Several for one that is repeated, none for one that must not be there. `…` stands for any text.
    public var values: [String]
    var range: Range<Int>

    public init(name: String, values: [String]) {
        self.init(name: name, values: values, range: 0..<0)
    }

    init(name: String, values: [String], range: Range<Int>) {
        self.name = name
        self.values = values
        self.range = range
    }

    func matches(_ actual: [String]) -> Bool {
        actual.count == values.count && zip(actual, values).allSatisfy { Wildcard.matches($0, $1) }
    }

    /// A string, a list of several, or nil for none.
    static func shown(_ values: [String]) -> String? {
        switch values.count {
        case 0: nil
        case 1: values.first.map { JSONLayout.oneLine(.string($0)) }
        default: JSONLayout.oneLine(.array(values.map { .string($0) }))
        }
    }
}

/// What a body must be.
public enum ExpectedBody: Sendable {
    case any
    /// The exact text.
    case text([UInt8])
    /// Equal as it is written: numbers digit for digit, members in their order, white space aside.
    case equal(JSONSlice)
    /// At least the members that are listed, at any depth; lists have as many elements.
    case contains(JSONSlice)
}

extension ExpectedBody {
    /// Equal to what the bytes are: JSON where they are JSON, else a text.
    public init(_ bytes: [UInt8]) {
        self = (try? JSONDocument(parsing: bytes)).map { .equal($0.root) } ?? .text(bytes)
    }
}

extension ExpectedReply {
    /// What is different. A reply may say that it is partial only where that is expected.
    public func mismatches(of reply: TransportResponse) -> [Mismatch] {
        var found: [Mismatch] = []
        if reply.status != status {
            found.append(mismatch("status", String(status), String(reply.status), statusRange))
        }
        for field in headersWithPartial {
            let actual = reply.section.values(of: field.name)
            guard !field.matches(actual) else { continue }
            let expected = ExpectedField.shown(field.values)
            found.append(mismatch("headers.\(field.name)", expected, ExpectedField.shown(actual), field.range))
        }
        found += bodyMismatches(of: reply.body)
        return found
    }

    var headersWithPartial: [ExpectedField] {
        let isStated = headers.contains { HeaderValidation.equal($0.name, "Medley-Partial") }
        return isStated ? headers : headers + [ExpectedField(name: "Medley-Partial", values: [], range: statusRange)]
    }

    private func bodyMismatches(of bytes: [UInt8]) -> [Mismatch] {
        let found = body.mismatches(of: bytes, path: "body", file: file)
        guard !conditions.isEmpty else { return found }
        guard let document = try? JSONDocument(parsing: bytes) else {
            return found.isEmpty ? [mismatch("body", "JSON", ExpectedBody.shown(bytes), conditions[0].range)] : found
        }
        return found + conditions.compactMap { unmet($0, by: document.root) }
    }

    private func unmet(_ condition: Condition, by root: JSONSlice) -> Mismatch? {
        let source = condition.expression.source
        var budget = EvaluationBudget()
        do throws(ExpressionError) {
            let value = try condition.expression.evaluate(root: .slice(root), budget: &budget)
            if value.bool == true { return nil }
            let shown = Excerpt.cut(JSONLayout.oneLine(value, limit: 1000))
            return mismatch("expect \(source)", "true", shown, condition.range)
        } catch {
            return mismatch("expect \(source)", "true", "an error, \(error)", condition.range)
        }
    }

    private func mismatch(_ path: String, _ expected: String?, _ actual: String?, _ range: Range<Int>) -> Mismatch {
        let place = file.map { Diagnostic.Place(file: $0, range: range) }
        return Mismatch(path: path, expected: expected, actual: actual, place: place)
    }
}

extension ExpectedBody {
    /// - Parameter file: in which the expectation stands.
    func mismatches(of bytes: [UInt8], path: String, file: SourceFile?) -> [Mismatch] {
        let (expected, mode): (JSONSlice, JSONComparison.Mode)
        switch self {
        case .any: return []
        case .text(let text):
            guard text != bytes else { return [] }
            return [Mismatch(path: path, expected: Self.shown(text), actual: Self.shown(bytes), place: nil)]
        case .equal(let slice): (expected, mode) = (slice, .equal)
        case .contains(let slice): (expected, mode) = (slice, .contains)
        }
        func place(_ range: Range<Int>) -> Diagnostic.Place? { file.map { Diagnostic.Place(file: $0, range: range) } }
        guard let document = try? JSONDocument(parsing: bytes) else {
            return [
                Mismatch(
                    path: path,
                    expected: Excerpt.shown(expected),
                    actual: Self.shown(bytes),
                    place: place(expected.byteRange)
                )
            ]
        }
        return JSONComparison.differences(expected, document.root, mode, path: path).map { found in
            Mismatch(
                path: found.path,
                expected: found.expected?.shown,
                actual: found.actual?.shown,
                place: place(found.range)
            )
        }
    }

    /// What is no JSON, in words; nil for nothing.
    static func shown(_ bytes: [UInt8]) -> String? {
        guard !bytes.isEmpty else { return nil }
        return "the text " + Excerpt.cut(JSONLayout.oneLine(.string(String(decoding: bytes, as: UTF8.self))))
    }
}
