extension JSONSlice {
    /// The value at the path's end; nil where a member or an element is missing, or the effort is used up.
    ///
    /// - Parameter effort: what may be looked at: every step takes 1, and 1 more for 16 elements or members of the value
    ///   that it leads out of. Less what was used; negative when it was not enough.
    public func follow(_ path: JSONPath, effort: inout Int) -> JSONSlice? {
        guard let end = document.follow(path, from: node, effort: &effort) else { return nil }
        return JSONSlice(document: document, node: end)
    }
}

extension JSONDocument {
    fileprivate func follow(_ path: JSONPath, from start: Int, effort: inout Int) -> Int? {
        path.prepared.withUnsafeBufferPointer { steps in
            path.names.withUnsafeBytes { names in
                bytes.withUnsafeBytes { follow(steps, names: names, text: $0, from: start, effort: &effort) }
            }
        }
    }

    /// The node at a path's end. Walks on node numbers alone: no slice is made on the way, so that no reference is
    /// counted.
    ///
    /// - Parameters:
    ///   - names: what the steps' names are ranges of.
    ///   - text: this document's bytes.
    func follow(
        _ steps: UnsafeBufferPointer<PreparedStep>,
        names: UnsafeRawBufferPointer,
        text: UnsafeRawBufferPointer,
        from start: Int,
        effort: inout Int
    ) -> Int? {
        var node = start
        for step in steps {
            let container = tape[node]
            // Members and elements are searched one after the other.
            let cost = 1 + container.count / 16
            guard effort >= cost else {
                effort = -1
                return nil
            }
            effort -= cost
            let next =
                step.isMember
                ? lastMember(step, of: container, at: node, names: names, text: text)
                : element(step.index, of: container, at: node)
            guard let next else { return nil }
            node = next
        }
        return node
    }

    /// The node of the member with that name: the last one, so all are looked at.
    @inline(__always)
    private func lastMember(
        _ step: PreparedStep,
        of object: JSONNode,
        at node: Int,
        names: UnsafeRawBufferPointer,
        text: UnsafeRawBufferPointer
    ) -> Int? {
        guard object.isObject else { return nil }
        var last: Int?
        var name = node &+ 1
        while name < Int(object.next) {
            if isName(tape[name], of: step, names: names, text: text) { last = name &+ 1 }
            name = Int(tape[name &+ 1].next)
        }
        return last
    }

    /// Whether a member's name is that of a step.
    ///
    /// - Parameters:
    ///   - names: what the step's name is a range of.
    ///   - text: this document's bytes.
    @inline(__always)
    func isName(
        _ entry: JSONNode,
        of step: PreparedStep,
        names: UnsafeRawBufferPointer,
        text: UnsafeRawBufferPointer
    ) -> Bool {
        let count = entry.contentLength
        if entry.hasEscapes {
            // Every escape is longer than the text it stands for.
            return count > step.name.count && decoded(entry).elementsEqual(names[step.name])
        }
        return count == step.name.count && step.isName(at: Int(entry.start) &+ 1, of: text, in: names)
    }

    /// The node of the element at an index, which is counted from the end when it is negative.
    @inline(__always)
    func element(_ index: Int, of array: JSONNode, at node: Int) -> Int? {
        guard array.isArray else { return nil }
        let index = index < 0 ? array.count + index : index
        guard index >= 0, index < array.count else { return nil }
        // Where no element has children, they stand side by side.
        if Int(array.next) &- node &- 1 == array.count { return node &+ 1 &+ index }
        var child = node &+ 1
        for _ in 0..<index { child = Int(tape[child].next) }
        return child
    }

    /// The text of a name that has escapes.
    @inline(never)
    private func decoded(_ entry: JSONNode) -> [UInt8] {
        bytes[Int(entry.start) + 1..<Int(entry.end) - 1].withUnsafeBufferPointer(EscapedText.decode)
    }
}
