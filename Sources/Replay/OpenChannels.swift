import NIOConcurrencyHelpers
import NIOCore

/// The open connections of all fixture backends, so that a shutdown can close them. Safe from any thread.
final class OpenChannels: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosing = false
    }

    private let state = NIOLockedValueBox(State())

    /// A connection that comes after `closeAll` is closed at once.
    func add(_ channel: any Channel) {
        let isClosing = state.withLockedValue { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.isClosing
        }
        if isClosing { channel.close(promise: nil) }
    }

    func remove(_ channel: any Channel) {
        _ = state.withLockedValue { $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Closes every connection and returns when all are closed.
    func closeAll() async {
        let channels = state.withLockedValue { state in
            state.isClosing = true
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
        for channel in channels { try? await channel.closeFuture.get() }
    }
}
