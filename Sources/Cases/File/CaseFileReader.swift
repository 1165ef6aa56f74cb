public import Composition
public import Diagnostics
import Gateway
import JSONSlices

/// What cases may name; nil where it is not known, and then not checked.
public struct CaseNames: Sendable {
    public var backends: [String]?
    public var scenarios: [String]?
    /// Nil: the endpoints are not known.
    let lookup: EndpointLookup?

    public init(compositions: CompositionSet? = nil, backends: [String]? = nil, scenarios: [String]? = nil) {
        self.backends = backends
        self.scenarios = scenarios
        lookup = compositions.flatMap { EndpointLookup($0) }
    }
}

extension CaseFile {
    static let keys = ["$schema", "summary", "cases"]

    /// Reads a file of cases. Whatever is wrong with it is reported, all at once.
    ///
    /// - Returns: nil when the file has errors.
    public static func read(_ source: SourceFile, names: CaseNames = CaseNames(), diagnostics: DiagnosticList)
        -> CaseFile?
    {
        let errors = diagnostics.errorCount
        guard let document = diagnostics.parse(source),
            let reader = ObjectReader(
                document.root,
                in: source,
                role: "a file of cases",
                known: keys,
                diagnostics: diagnostics
            )
        else { return nil }
        for key in ["$schema", "summary"] { _ = reader.string(key) }
        let cases = list(of: reader).compactMap { CaseReader(slice: $0, in: reader, names: names)?.read() }
        var seen: [String: Case] = [:]
        for each in cases {
            if let first = seen.updateValue(each, forKey: each.name) {
                diagnostics.error(
                    "two cases are named '\(each.name)'",
                    in: source,
                    at: each.place.range,
                    help: "the other stands at \(first.place.start); say what tells them apart"
                )
            }
        }
        return diagnostics.errorCount == errors ? CaseFile(source: source, cases: cases) : nil
    }

    private static func list(of reader: ObjectReader) -> [JSONSlice] {
        guard let list = reader["cases"] else {
            reader.missing("cases")
            return []
        }
        guard list.kind == .array, list.count > 0 else {
            let found = list.kind == .array ? "an empty one" : list.kind.article
            reader.diagnostics.error("'cases' must be a list of cases, not \(found)", in: reader.file, at: list)
            return []
        }
        return Array(list.elements)
    }
}

/// Reads one case.
struct CaseReader {
    static let keys = ["name", "request", "scenario", "fresh", "response", "backends", "parallel", "sequence"]

    let reader: ObjectReader
    let names: CaseNames

    init?(slice: JSONSlice, in outer: ObjectReader, names: CaseNames) {
        guard
            let reader = ObjectReader(
                slice,
                in: outer.file,
                role: "a case",
                known: Self.keys,
                diagnostics: outer.diagnostics
            )
        else { return nil }
        self.reader = reader
        self.names = names
    }

    /// Nil when something that every case needs is missing.
    func read() -> Case? {
        for key in ["request", "response"] where reader[key] == nil { reader.missing(key) }
        let name = name()
        let request = reader.nested("request", known: ClientRequestReader.keys)
            .flatMap { ClientRequestReader(reader: $0).read() }
        let reply = reader.nested("response", known: ExpectedReplyReader.keys)
            .flatMap { ExpectedReplyReader(reader: $0).read() }
        let scenario = scenario()
        let traffic = ExpectedTrafficReader(reader: reader, backends: names.backends).read()
        let isFresh = reader.bool("fresh") ?? false
        guard let (name, place) = name, let request, let reply else { return nil }
        checkEndpoint(of: request, reply)
        return Case(
            name: name,
            place: place,
            request: request,
            scenario: scenario,
            isFresh: isFresh,
            reply: reply,
            traffic: traffic
        )
    }

    /// Warns of a request that no endpoint answers, unless it is to be refused.
    private func checkEndpoint(of request: ClientRequest, _ reply: ExpectedReply) {
        guard let lookup = names.lookup, reply.status < 400, request.method != "OPTIONS",
            let slice = reader["request"]?.member("path")
        else { return }
        let path = String(request.target.prefix { $0 != "?" })
        guard request.endpoint(in: lookup) == nil else { return }
        reader.diagnostics.warning(
            "no endpoint answers \(request.method) \(path)",
            in: reader.file,
            at: slice,
            help: "the endpoints are those that 'medley explain' lists"
        )
    }

    private func name() -> (String, Diagnostic.Place)? {
        guard let name = reader.requiredString("name"), let slice = reader["name"] else { return nil }
        guard !name.isEmpty else {
            reader.diagnostics.error("'name' is empty", in: reader.file, at: slice, help: "say what the case shows")
            return nil
        }
        return (name, Diagnostic.Place(file: reader.file, range: slice.byteRange))
    }

    private func scenario() -> String? {
        guard let name = reader.string("scenario"), let slice = reader["scenario"] else { return nil }
        if let known = names.scenarios, !known.contains(name) {
            reader.diagnostics.error(
                "no scenario is named '\(name)'",
                in: reader.file,
                at: slice,
                help: suggestion(for: name, among: known) ?? "scenarios are files: fixtures/_scenarios/NAME.json"
            )
        }
        return name
    }
}
