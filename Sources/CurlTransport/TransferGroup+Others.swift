/// What a task waits for among its transfers without its being one: an answer that another task is fetching.
extension TransferGroup {
    /// Counts something else as under way. `finish` brings its end, unless the group was cancelled before: then it has
    /// ended with `.cancelled`, and `onCancel` was called. On the loop.
    public func expect(_ number: Int, onCancel: @escaping () -> Void) {
        guard addExpected(number, onCancel) else { return onCancel() }
    }

    /// The end of something that was expected; a second one is dropped. On the loop.
    public func finish(_ number: Int, _ outcome: Outcome) {
        guard removeExpected(number) else { return }
        end(number, outcome)
    }
}
