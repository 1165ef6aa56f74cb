import NIOCore

/// What the machine has.
enum System {
    /// Processor cores that the process may use.
    static var coreCount: Int { NIOCore.System.coreCount }
}
