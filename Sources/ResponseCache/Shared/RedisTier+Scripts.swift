public import CurlTransport

/// A Lua script that Redis keeps once it has seen it, and is called by its digest from then on.
public struct RedisScript: Sendable {
    let text: [UInt8]
    let digest: [UInt8]

    /// - Parameter sha1: the digest in lower-case hexadecimal digits, which is what Redis calls scripts by.
    public init(_ text: String, sha1: ([UInt8]) -> String) {
        self.text = Array(text.utf8)
        digest = Array(sha1(self.text).utf8)
    }
}

extension RedisTier {
    /// What the keys begin with.
    public var prefix: String { settings.prefix }

    /// Runs a script that writes and answers with an array of integers, on `loop`, on which `onEnd` is called once: at once
    /// when Redis is not asked, and within twice the timeout in any case: a Redis that has lost the script is sent it.
    public func evaluate(
        _ script: RedisScript,
        keys: [String],
        _ arguments: [String],
        on loop: CurlLoop,
        onEnd: @escaping (Result<[Int64], RedisFailure>) -> Void
    ) {
        guard let lane = lane(of: loop) else { return onEnd(.failure(.closed)) }
        let rest = [Array(String(keys.count).utf8)] + (keys + arguments).map { Array($0.utf8) }
        lane.send(RedisCommand("EVALSHA", [script.digest] + rest), .write) { [health] result in
            if case .failure(.reply(let error)) = result, error.kind == .noScript {
                lane.send(RedisCommand("EVAL", [script.text] + rest), .write) { onEnd(Self.numbers($0, health)) }
            } else {
                onEnd(Self.numbers(result, health))
            }
        }
    }

    /// The same for a task on `loop`. Cancelling the task does not end the wait, which is short.
    public nonisolated(nonsending) func evaluate(
        _ script: RedisScript,
        keys: [String],
        _ arguments: [String],
        on loop: CurlLoop
    ) async -> Result<[Int64], RedisFailure> {
        await withUnsafeContinuation { continuation in
            evaluate(script, keys: keys, arguments, on: loop) { continuation.resume(returning: $0) }
        }
    }

    private static func numbers(
        _ result: Result<RedisReply, RedisFailure>,
        _ health: RedisHealth
    ) -> Result<[Int64], RedisFailure> {
        switch result {
        case .failure(let failure):
            return .failure(failure)
        case .success(.array(let parts)):
            let numbers = parts.compactMap { part -> Int64? in
                if case .integer(let number) = part { number } else { nil }
            }
            guard numbers.count == parts.count else { fallthrough }
            health.succeeded(.write, \.scripts)
            return .success(numbers)
        case .success:
            health.succeeded(.write, \.errors)
            return .failure(.invalidReply(detail: "a script was not answered with numbers"))
        }
    }
}
