import Diagnostics
import JSONSlices

/// Reads what a case says of the requests to backends: `backends`, `parallel` and `sequence`.
struct ExpectedTrafficReader {
    static let backendKeys = ["requests", "sent"]
    static let countKeys = ["atLeast", "atMost"]
    static let sentKeys = ["method", "path", "query", "headers", "body", "bodyContains"]

    /// More requests than this to one backend, for one request of a client, are none that a case could mean.
    private static let countRange = 0...100_000

    /// Of the case.
    let reader: ObjectReader
    let backends: [String]?

    func read() -> ExpectedTraffic {
        ExpectedTraffic(
            shares: shares(),
            parallel: groups("parallel", atLeast: 1),
            sequence: groups("sequence", atLeast: 2),
            file: reader.file
        )
    }

    private func shares() -> [ExpectedTraffic.Share] {
        guard let map = reader.map("backends") else { return [] }
        return map.members.compactMap { name, key, value in
            guard let target = target(name, at: key),
                let share = ObjectReader(
                    value,
                    in: reader.file,
                    role: "'\(name)' in 'backends'",
                    known: Self.backendKeys,
                    diagnostics: reader.diagnostics
                )
            else { return nil }
            if share.members.isEmpty {
                reader.diagnostics.error(
                    "'\(name)' in 'backends' says nothing",
                    in: reader.file,
                    at: value,
                    help: "say how many 'requests' it gets, or what is 'sent'"
                )
            }
            return .init(target: target, requests: count(share), sent: sent(share))
        }
    }

    /// `"users"`, or `"orders POST /orders"` for some of a backend's requests.
    private func target(_ text: String, at slice: JSONSlice) -> ExpectedTraffic.Target? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let name = String(words.first ?? "")
        let isWhole = words.count == 1
        guard isWhole || words.count == 3 && Self.isMethod(words[1]) && words[2].hasPrefix("/") else {
            reader.diagnostics.error(
                "'\(text)' names no backend",
                in: reader.file,
                at: slice,
                help: "write a backend's name, or \"\(name) GET /path\" for some of its requests"
            )
            return nil
        }
        if let backends, !backends.contains(name) {
            reader.diagnostics.error(
                "no backend is named '\(name)'",
                in: reader.file,
                at: slice,
                help: suggestion(for: name, among: backends)
            )
            return nil
        }
        return .init(
            backend: name,
            method: isWhole ? nil : String(words[1]),
            path: isWhole ? nil : String(words[2]),
            range: slice.byteRange
        )
    }

    private static func isMethod(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    private func count(_ share: ObjectReader) -> ExpectedTraffic.Count? {
        guard let slice = share["requests"] else { return nil }
        guard slice.kind == .object else {
            guard let count = share.integer("requests", in: Self.countRange) else { return nil }
            return .init(range: count...count, place: slice.byteRange)
        }
        guard let reader = share.nested("requests", known: Self.countKeys) else { return nil }
        let low = reader.integer("atLeast", in: Self.countRange) ?? Self.countRange.lowerBound
        let high = reader.integer("atMost", in: Self.countRange) ?? Self.countRange.upperBound
        guard low <= high, slice.count > 0 else {
            reader.diagnostics.error(
                slice.count > 0 ? "'atLeast' is more than 'atMost'" : "'requests' needs 'atLeast' or 'atMost'",
                in: reader.file,
                at: slice
            )
            return nil
        }
        return .init(range: low...high, place: slice.byteRange)
    }

    private func sent(_ share: ObjectReader) -> [ExpectedTraffic.Sent] {
        guard let list = share["sent"] else { return [] }
        guard list.kind == .array, list.count > 0 else {
            let found = list.kind == .array ? "an empty one" : list.kind.article
            reader.diagnostics.error(
                "'sent' must be a list of requests, not \(found)",
                in: reader.file,
                at: list,
                help: "'requests': 0 says that nothing is sent"
            )
            return []
        }
        return list.elements.compactMap { slice in
            guard
                let reader = ObjectReader(
                    slice,
                    in: reader.file,
                    role: "a request in 'sent'",
                    known: Self.sentKeys,
                    diagnostics: reader.diagnostics
                )
            else { return nil }
            let query = reader.map("query")?.members.compactMap {
                reader.valueExpectation(name: $0.name, $0.value, in: "query")
            }
            return .init(
                method: text("method", of: reader),
                path: text("path", of: reader),
                query: query ?? [],
                headers: reader.fieldExpectations("headers"),
                body: reader.bodyExpectation(),
                range: slice.byteRange
            )
        }
    }

    private func text(_ key: String, of reader: ObjectReader) -> ExpectedTraffic.Text? {
        guard let text = reader.string(key), let slice = reader[key] else { return nil }
        return .init(text: text, range: slice.byteRange)
    }

    /// A list of targets, or a list of such lists.
    private func groups(_ key: String, atLeast: Int) -> [ExpectedTraffic.Group] {
        guard let list = reader[key] else { return [] }
        guard list.kind == .array, list.count > 0 else {
            _ = reader.mismatch(key, list, wanted: "a list of backends") as Never?
            return []
        }
        let isNested = list.elements.contains { $0.kind == .array }
        return (isNested ? Array(list.elements) : [list]).compactMap { group(key, $0, atLeast: atLeast) }
    }

    private func group(_ key: String, _ list: JSONSlice, atLeast: Int) -> ExpectedTraffic.Group? {
        func refuse(_ slice: JSONSlice) {
            let message = "'\(key)' must be a list of backends, or of lists of them; this is \(slice.kind.article)"
            reader.diagnostics.error(message, in: reader.file, at: slice)
        }
        guard list.kind == .array else {
            refuse(list)
            return nil
        }
        var targets: [ExpectedTraffic.Target] = []
        for slice in list.elements {
            guard let text = slice.string else {
                refuse(slice)
                return nil
            }
            guard let target = target(text, at: slice) else { return nil }
            targets.append(target)
        }
        guard targets.count >= atLeast else {
            reader.diagnostics.error(
                "'\(key)' needs \(atLeast == 1 ? "a backend" : "\(atLeast) backends or more")",
                in: reader.file,
                at: list
            )
            return nil
        }
        return .init(targets: targets, range: list.byteRange)
    }
}
