import Diagnostics
import JSONSlices

/// Turns one scenario's file into a checked value; what is wrong with it becomes diagnostics.
struct ScenarioReader {
    static let keys = ["$schema", "summary", "backends"]
    static let backendKeys = ResponseReader.keys + ["fixtures"]
    static let fixtureKeys = ["summary"] + ExchangeReader.keys

    let file: FixtureFile
    /// The names that may be changed, sorted.
    let backends: [String]
    let diagnostics: DiagnosticList

    /// Nil when the file has errors.
    func read() -> Scenario? {
        let errors = diagnostics.errorCount
        guard let document = diagnostics.parse(file.source) else { return nil }
        guard let reader = object(document.root, role: "a scenario", keys: Self.keys) else { return nil }
        for key in ["$schema", "summary"] { _ = reader.string(key) }
        if reader["backends"] == nil { reader.missing("backends") }
        var changes: [String: Scenario.Change] = [:]
        for (name, place, value) in reader.map("backends")?.members ?? [] {
            if !backends.contains(name) {
                let help = suggestion(for: name, among: backends)
                diagnostics.error("there is no backend '\(name)'", in: file.source, at: place, help: help)
            }
            changes[name] = object(value, role: "'\(name)'", keys: Self.backendKeys).map { change(of: name, $0) }
        }
        if let place = reader["backends"], place.kind == .object, changes.isEmpty {
            let help =
                "name a backend and what it does, such as \"\(backends.first ?? "users")\": {\"fault\": \"reset\"}"
            diagnostics.error("the scenario changes no backend", in: file.source, at: place, help: help)
        }
        return diagnostics.errorCount == errors ? Scenario(name: file.name, changes: changes) : nil
    }

    private func change(of backend: String, _ reader: ObjectReader) -> Scenario.Change {
        if reader.members.isEmpty {
            let help = "say what differs: 'fault', 'delay', 'status' or 'fixtures'"
            diagnostics.error("nothing is changed of '\(backend)'", in: file.source, at: reader.object, help: help)
        }
        return Scenario.Change(behaviour: behaviour(reader), fixtures: fixtures(of: backend, reader))
    }

    private func behaviour(_ reader: ObjectReader) -> Scenario.Behaviour {
        guard ResponseReader.keys.contains(where: { reader[$0] != nil }) else { return .asRecorded }
        guard let response = ResponseReader(reader: reader, isOfBackend: true).read() else { return .asRecorded }
        if ResponseReader.answerKeys.contains(where: { reader[$0] != nil }) { return .answers(response) }
        switch response.fault {
        case .reset, .timeout, .malformed: return .answers(response)
        case nil, .truncate, .slow: return .impairs(fault: response.fault, delay: response.delay)
        }
    }

    private func fixtures(of backend: String, _ reader: ObjectReader) -> [Fixture] {
        guard let list = reader["fixtures"] else { return [] }
        guard list.kind == .array else {
            return reader.mismatch("fixtures", list, wanted: "a list of objects with 'request' and 'response'") ?? []
        }
        var fixtures: [Fixture] = []
        for (index, element) in list.elements.enumerated() {
            guard let reader = object(element, role: "a fixture", keys: Self.fixtureKeys) else { continue }
            _ = reader.string("summary")
            let name = "_scenarios/\(file.name)#\(index + 1)"
            let exchange = ExchangeReader(reader: reader, backend: backend, name: name, scenario: file.name).read()
            if let exchange { fixtures.append(exchange) }
        }
        return FixtureSet.distinct(fixtures, diagnostics)
    }

    private func object(_ slice: JSONSlice, role: String, keys: [String]) -> ObjectReader? {
        ObjectReader(slice, in: file.source, role: role, known: keys, diagnostics: diagnostics)
    }
}
