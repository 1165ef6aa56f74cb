/// A queue in an array: what is taken from the front leaves a hole that is closed now and then.
struct Deque<Element> {
    private var elements: [Element?] = []
    private var start = 0

    var count: Int { elements.count - start }
    var isEmpty: Bool { count == 0 }
    var indices: Range<Int> { 0..<count }

    subscript(index: Int) -> Element {
        get {
            guard let element = elements[start + index] else { preconditionFailure("taken already") }
            return element
        }
        set { elements[start + index] = newValue }
    }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    /// The queue must not be empty.
    mutating func removeFirst() -> Element {
        let element = self[0]
        elements[start] = nil
        start += 1
        if start == elements.count {
            elements.removeAll(keepingCapacity: true)
            start = 0
        } else if start > 64 && start > elements.count / 2 {
            elements.removeFirst(start)
            start = 0
        }
        return element
    }
}
