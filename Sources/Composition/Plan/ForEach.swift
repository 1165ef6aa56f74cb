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

    /// Several ids in one request. The elements of the list are the ids; those with the same text are asked for once.
    struct Batch: Sendable {
        static let defaultSize = 25

        /// Ids in one request at most.
        let size: Int
        /// Evaluated on each element of the selected list: the id that the element belongs to.
        let key: PlacedExpression
    }

    /// The most requests that the call can make.
    var maxRequests: Int {
        guard let batch else { return maxItems }
        return (maxItems + batch.size - 1) / batch.size
    }
}
