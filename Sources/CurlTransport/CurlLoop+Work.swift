/// What else may live on a loop: timers, descriptors of other libraries, and work that other threads hand over.
extension CurlLoop {
    /// Runs an action on the loop, after what is under way, from any thread.
    ///
    /// - Returns: false when the loop has ended: the action is not run.
    @discardableResult
    public func execute(_ action: @escaping @Sendable () -> Void) -> Bool {
        post(action)
    }

    /// Makes further backends known. On the loop.
    func add(_ backends: [Backend]) {
        assertCurrent()
        engine.add(backends)
    }

    /// Runs an action on the loop when the time has come, a millisecond late at the most unless the loop is busy. Call it
    /// on the loop. What has not run when the loop ends never does.
    public func schedule(after delay: Duration, _ action: @escaping () -> Void) -> LoopTimer {
        assertCurrent()
        return engine.addTimer(after: delay, action)
    }

    /// Takes a timer away; one that has run is no error. Call it on the loop.
    public func cancel(_ timer: LoopTimer) {
        assertCurrent()
        engine.removeTimer(timer)
    }

    /// Has the loop's poller watch a descriptor that is another library's, level-triggered. Call it on the loop, again to
    /// change what is watched for, and `unwatch` before the descriptor is closed.
    ///
    /// - Parameter report: called on the loop with what has happened. An error counts as both.
    /// - Returns: false when the system refuses.
    public func watch(
        _ descriptor: CInt,
        read: Bool,
        write: Bool,
        report: @escaping (_ isReadable: Bool, _ isWritable: Bool) -> Void
    ) -> Bool {
        assertCurrent()
        var interest: Poller.Interest = []
        if read { interest.insert(.read) }
        if write { interest.insert(.write) }
        return engine.watch(descriptor, interest) { report($0.contains(.read), $0.contains(.write)) }
    }

    /// The poller forgets a descriptor. Call it on the loop; one that is not watched is no error.
    public func unwatch(_ descriptor: CInt) {
        assertCurrent()
        engine.unwatch(descriptor)
    }

    /// Adds an action that runs once on the loop when it is told to stop, before its transfers are cancelled: the place to
    /// resume whoever waits for a timer or a descriptor that will not report any more. At once when that has happened.
    /// Call it on the loop.
    public func onStop(_ action: @escaping () -> Void) {
        assertCurrent()
        addStopAction(action)
    }

    /// Looks a name up on the resolver's threads, as for requests. The loop is not held up.
    ///
    /// - Parameter reply: called on the loop; never once the loop or the transport is told to stop.
    public func lookUp(_ host: String, reply: @escaping @Sendable (ResolverOptions.Answer) -> Void) {
        resolver.resolve(host) { answer in self.execute { reply(answer) } }
    }

    private func assertCurrent() {
        precondition(isCurrent, "timers and descriptors of a CurlLoop belong to its thread")
    }
}
