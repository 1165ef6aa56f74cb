/// How a call goes through a list: once per element, or once per so many ids.
struct ForEach: Sendable {
    static let defaultConcurrency = 8
    static let defaultItems = 100

    /// Yields the list. Null is an empty one; anything but a list fails the call.
    let list: PlacedExpression
    /// Requests of this call that may be under way at the same time.
    let maxConcurrency: Int
    /// The longest list; a longer one fails the call, and nothing is sent.
    let maxItems: Int
    /// Nil: a request per element.
    let batch: Batch?

    /// Several ids in one request; those with the same text are asked for once.
    struct Batch: Sendable {
        static let defaultSize = 25

        /// Ids in one request at most.
        let size: Int
        /// Evaluated on each element of `forEach`'s list: its id. Nil where the elements are the ids.
        let id: PlacedExpression?
        /// Evaluated on each element of the answer: the id that it belongs to.
        let key: PlacedExpression
        /// Evaluated on the element of the answer that an item got, for what goes to the item's place. Nil for the element.
        let join: PlacedExpression?
    }

    /// The most requests that the call can make.
    var maxRequests: Int {
        guard let batch else { return maxItems }
        return (maxItems + batch.size - 1) / batch.size
    }
}
