extension JSONSlice {
    /// The member of that name; the last one when the name stands more than once. nil when there is none or this is no
    /// object. Compares code points, with the escapes of the document's names resolved.
    ///
    /// Looks at every member: the time grows with their number.
    public func member(_ key: JSONKey) -> JSONSlice? {
        let object = document.tape[node]
        guard object.isObject else { return nil }
        var last: JSONSlice?
        var name = node + 1
        while name < Int(object.next) {
            if document.string(document.tape[name], equals: key) {
                last = JSONSlice(document: document, node: name + 1)
            }
            name = Int(document.tape[name + 1].next)
        }
        return last
    }

    /// As ``member(_:)-(JSONKey)``, for a name that is not known beforehand.
    public func member(_ key: String) -> JSONSlice? {
        member(JSONKey(key))
    }

    /// nil when the index is out of range or this is no array.
    ///
    /// Walks over the elements before it, unless none of the array's elements has children; to visit all, use
    /// ``elements``.
    public func element(at index: Int) -> JSONSlice? {
        guard index >= 0, let child = document.element(index, of: document.tape[node], at: node) else { return nil }
        return JSONSlice(document: document, node: child)
    }

    /// The array's elements in order; empty when this is no array.
    public var elements: JSONElements {
        JSONElements(slice: self)
    }

    /// The object's members in document order, duplicates included; empty when this is no object.
    public var members: JSONMembers {
        JSONMembers(slice: self)
    }
}

/// The elements of an array in order. Made by ``JSONSlice/elements``.
public struct JSONElements: Sequence, Sendable {
    let slice: JSONSlice

    public var underestimatedCount: Int {
        slice.kind == .array ? slice.count : 0
    }

    public func makeIterator() -> Iterator {
        let array = slice.document.tape[slice.node]
        let first = slice.node + 1
        return Iterator(document: slice.document, node: first, end: array.isArray ? Int(array.next) : first)
    }

    public struct Iterator: IteratorProtocol, Sendable {
        let document: JSONDocument
        var node: Int
        let end: Int

        public mutating func next() -> JSONSlice? {
            guard node < end else { return nil }
            defer { node = Int(document.tape[node].next) }
            return JSONSlice(document: document, node: node)
        }
    }
}

/// The members of an object in document order. Made by ``JSONSlice/members``.
public struct JSONMembers: Sequence, Sendable {
    let slice: JSONSlice

    public var underestimatedCount: Int {
        slice.kind == .object ? slice.count : 0
    }

    public func makeIterator() -> Iterator {
        let object = slice.document.tape[slice.node]
        let first = slice.node + 1
        return Iterator(document: slice.document, node: first, end: object.isObject ? Int(object.next) : first)
    }

    public struct Iterator: IteratorProtocol, Sendable {
        let document: JSONDocument
        var node: Int
        let end: Int

        /// `key` is a string slice.
        public mutating func next() -> (key: JSONSlice, value: JSONSlice)? {
            guard node < end else { return nil }
            let name = node
            node = Int(document.tape[name + 1].next)
            return (JSONSlice(document: document, node: name), JSONSlice(document: document, node: name + 1))
        }
    }
}
