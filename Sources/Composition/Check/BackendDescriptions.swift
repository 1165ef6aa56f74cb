import JMESPath
public import OpenAPI

/// The documents of backends, by the backends' names.
public struct BackendDescriptions: Sendable {
    private let documents: [String: BackendDocument]

    public init(_ documents: [String: BackendDocument] = [:]) {
        self.documents = documents
    }

    var isEmpty: Bool { documents.isEmpty }

    /// Of a split's sides only where they share one: what holds for one of them alone says nothing.
    func document(of call: Call) -> BackendDocument? {
        call.split == nil ? documents[call.backend] : nil
    }

    /// The shape of the bodies that the call gets; nil where nothing is said of it.
    func shape(of call: Call) -> ExampleShape? {
        guard let document = document(of: call) else { return nil }
        let shape = document.operations(for: call)
            .map { ExampleShape(of: document.answer(to: $0) { call.success.allows(status: $0) }) }
            .reduce(ExampleShape()) { $0.union($1) }
        return shape.isOpen || shape.isNothing ? nil : shape
    }
}

extension BackendDescriptions {
    /// The type of the bodies that the call gets; nil where nothing is said of it.
    func type(of call: Call) -> StaticType? {
        guard let document = document(of: call) else { return nil }
        let types = document.operations(for: call).map { operation in
            StaticType(of: document.answer(to: operation) { call.success.allows(status: $0) })
        }
        guard let first = types.first else { return nil }
        return types.dropFirst().reduce(first) { $0.or($1) }
    }
}

extension BackendDocument {
    /// The operations that a request of the call can be about: those whose paths are most like its own.
    func operations(for call: Call) -> [Operation] {
        mostLike(call.path, among: operations.filter { $0.method == call.method })
    }

    func mostLike(_ path: PathTemplate, among operations: [Operation]) -> [Operation] {
        let found = operations.compactMap { operation in
            path.likeness(to: operation.segments).map { (operation: operation, likeness: $0) }
        }
        let most = found.map(\.likeness).max()
        return found.filter { $0.likeness == most }.map(\.operation)
    }
}

extension PathTemplate {
    /// How many segments are the same text, or anything in both; nil for a path that no values make of this one.
    ///
    /// - Parameter segments: nil for a segment that can be anything.
    func likeness(to segments: [String?]) -> Int? {
        guard segments.count == self.segments.count else { return nil }
        var likeness = 0
        for (mine, other) in zip(self.segments, segments) {
            switch (mine.template.constant, other) {
            case (let constant?, let other?):
                func decoded(_ text: String) -> String { PercentDecoding.decode(text.utf8, plusIsSpace: false) ?? text }
                guard decoded(constant) == decoded(other) else { return nil }
                likeness += 1
            case (nil, nil): likeness += 1
            default: continue
            }
        }
        return likeness
    }
}

extension ExampleShape {
    /// What the document shows. An object has the members that it names, and no others unless it says so.
    init(of value: DescribedValue) {
        switch value {
        case .anything: self = .open
        case .null: self = ExampleShape()
        case .boolean, .integer, .number, .string: self = .scalar
        case .array(let element): self = .list(of: ExampleShape(of: element))
        case .object(let members, let rest):
            guard rest == .unstated, !members.isEmpty else {
                self = .open
                return
            }
            self = .object(
                Dictionary(
                    members.map { ($0.name, ExampleShape(of: $0.value)) },
                    uniquingKeysWith: { $0.union($1) }
                )
            )
        case .either(let values):
            self = values.reduce(ExampleShape()) { $0.union(ExampleShape(of: $1)) }
        }
    }
}

extension StaticType {
    /// What the document says, and no more: a member that it does not require can be missing.
    init(of value: DescribedValue) {
        switch value {
        case .anything: self = .unknown
        case .null: self = StaticType(.null)
        case .boolean: self = StaticType(.boolean)
        case .integer: self = .integer
        case .number: self = StaticType(.number)
        case .string: self = StaticType(.string)
        case .array(let element): self = .list(of: StaticType(of: element))
        case .object(let members, let rest):
            let members = members.map {
                Member(name: $0.name, type: StaticType(of: $0.value), isOptional: !$0.isRequired)
            }
            self = .example(members, isComplete: rest == .unstated && !members.isEmpty)
        case .either(let values):
            let types = values.map { StaticType(of: $0) }
            self = types.dropFirst().reduce(types.first ?? .unknown) { $0.or($1) }
        }
    }
}
