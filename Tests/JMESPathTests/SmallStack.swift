import Foundation

/// Runs the work on a thread with a stack of 2 MiB, a quarter of what threads have on Linux unless they ask for less.
/// Unoptimized code, which tests run, needs several times the stack of a release build.
func onSmallStack(_ work: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let thread = Thread { continuation.resume(with: Result(catching: work)) }
        thread.stackSize = 2 << 20
        thread.start()
    }
}
