import JSONSlices
import Testing

/// The cases of a composition, `compositions/NAME.cases.json`.
struct CaseFile {
    struct Case {
        let name: String
        let request: ServedFiles.Request
        let expected: ExpectedReply
    }

    let cases: [Case]

    init(parsing bytes: [UInt8]) throws {
        let root = try JSONDocument(parsing: bytes).root
        cases = try #require(root.member("cases")?.elements).map { try Case(reading: $0) }
    }
}

extension CaseFile.Case {
    fileprivate init(reading slice: JSONSlice) throws {
        name = try #require(slice.member("name")?.string)
        let asked = try #require(slice.member("request"))
        request = ServedFiles.Request(
            method: asked.member("method")?.string ?? "GET",
            target: try #require(asked.member("path")?.string),
            headers: asked.member("headers")?.members.map { ($0.key.string ?? "", $0.value.string ?? "") } ?? [],
            body: asked.member("body").map { Array(JSONText.compact($0).utf8) }
        )
        let answered = try #require(slice.member("response"))
        expected = ExpectedReply(
            status: try #require(answered.member("status")?.numberText.flatMap { Int($0) }),
            headers: answered.member("headers")?.members.map { key, value in
                (
                    key.string ?? "",
                    value.kind == .array ? value.elements.compactMap(\.string) : value.string.map { [$0] } ?? []
                )
            } ?? [],
            body: answered.member("body").map { Array(JSONText.compact($0).utf8) }
        )
    }
}
