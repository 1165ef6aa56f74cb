import JSONSlices

/// A text that is JSON or not: the index agrees with a plain reading of the grammar, wherever the text lies in memory,
/// and everything that is read from it hangs together.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let limits = JSONLimits(maxDepth: 64)
    var grammar = Grammar(bytes: bytes, maxDepth: limits.maxDepth)
    let expected = grammar.isDocument()
    // Eight bytes are looked at together: what stands before the text moves it along.
    for padding in 0..<8 {
        let padded = [UInt8](repeating: 0x20, count: padding) + bytes
        do throws(JSONSyntaxError) {
            let document = try JSONDocument(parsing: padded, limits: limits)
            precondition(expected, "accepted against the grammar")
            if padding == 0 { check(document) }
        } catch {
            precondition(!expected, "refused against the grammar: \(error)")
            precondition(error.offset >= 0 && error.offset <= padded.count && !error.description.isEmpty)
        }
    }
    return 0
}

/// What is written from the index is the same document, and each part of it is found again by its name or number.
private func check(_ document: JSONDocument) {
    let once = canonical(.slice(document.root))
    guard let again = try? JSONDocument(parsing: once) else { fatalError("what was written is no JSON") }
    precondition(canonical(.slice(again.root)) == once, "writing what was read changes it")
    check(document.root, within: 0..<document.bytes.count)
}

private func check(_ slice: JSONSlice, within range: Range<Int>) {
    precondition(range.lowerBound <= slice.byteRange.lowerBound && slice.byteRange.upperBound <= range.upperBound)
    precondition(
        (slice.string != nil) == (slice.kind == .string) && (slice.numberText != nil) == (slice.kind == .number)
    )
    var position = slice.byteRange.lowerBound + 1
    var effort = 1_000_000
    for (index, element) in slice.elements.enumerated() {
        precondition(element.byteRange.lowerBound >= position, "elements overlap")
        position = element.byteRange.upperBound
        precondition(slice.element(at: index)?.byteRange == element.byteRange)
        precondition(
            slice.follow(JSONPath([.index(index - slice.count)]), effort: &effort)?.byteRange == element.byteRange
        )
        check(element, within: slice.byteRange)
    }
    precondition(slice.element(at: slice.count) == nil && slice.element(at: -1) == nil)
    var last: [[UInt8]: Range<Int>] = [:]
    for member in slice.members {
        precondition(member.key.byteRange.lowerBound >= position, "members overlap")
        position = member.value.byteRange.upperBound
        last[Array((member.key.string ?? "").utf8)] = member.value.byteRange
        check(member.key, within: slice.byteRange)
        check(member.value, within: slice.byteRange)
    }
    for member in slice.members.prefix(20) {
        guard let name = member.key.string else { fatalError("a name is no string") }
        let key = JSONKey(name)
        precondition(member.key.isString(key))
        precondition(slice.member(key)?.byteRange == last[key.utf8], "the last member of a name counts")
        precondition(slice.follow(JSONPath([.member(key)]), effort: &effort)?.byteRange == last[key.utf8])
        precondition(JSONValue.slice(slice).member(name) != nil)
    }
    precondition(slice.kind != .object || (JSONValue.slice(slice).objectMembers?.count == last.count))
}

/// The value written from its parts, strings decoded and escaped anew.
private func canonical(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(rebuilt(value))
    return writer.finish()
}

private func rebuilt(_ value: JSONValue) -> JSONValue {
    switch value.kind {
    case .null: return .null
    case .true, .false: return .bool(value.bool ?? false)
    case .number:
        guard let number = value.numberText.flatMap(JSONNumber.init(text:)) else { fatalError("a number is none") }
        return .number(number)
    case .string: return .string(value.string ?? "")
    case .array: return .array((value.arrayElements ?? []).map(rebuilt))
    case .object:
        return .object(JSONObject(members: (value.objectMembers ?? []).map { ($0.key, rebuilt($0.value)) }))
    }
}
