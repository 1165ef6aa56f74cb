import Testing

/// Everything over real sockets, one test after the other, so that what one counts is its own.
@Suite("Transport", .serialized, .timeLimit(.minutes(2))) struct TransportTests {}
