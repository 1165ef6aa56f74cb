import Testing

/// Everything over real sockets, one test after the other, so that what one measures is its own.
@Suite("Redis", .serialized, .timeLimit(.minutes(1))) struct RedisTests {}
