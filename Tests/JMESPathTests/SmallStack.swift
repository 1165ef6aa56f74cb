import Foundation

/// Runs the work on a thread whose stack is as small as those of other platforms' secondary threads: 512 KiB.
func onSmallStack(_ work: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let thread = Thread { continuation.resume(with: Result(catching: work)) }
        thread.stackSize = 512 << 10
        thread.start()
    }
}
