/// What is asked of Redis about purges, and how a purge is written there: `EPOCH COUNT KIND TEXT`, the kind being `u` for a
/// URL, `p` for a prefix, `t` for a tag, `a` for all.
enum PurgeScripts {
    /// Bytes of a URL, a prefix or a tag.
    static let maximumTarget = 8 << 10
    /// Purges that are fetched at a time.
    static let page = 100

    /// Gives a purge its number, writes it to the log and tells it. Begins an epoch where there is none, or where the numbers
    /// have run out.
    private static let publish = """
        local epoch, count = redis.call('GET', KEYS[1]), tonumber(redis.call('GET', KEYS[2]))
        if not epoch or not count or count >= 4294967295 then
          epoch = ARGV[1]
          redis.call('SET', KEYS[1], epoch)
          redis.call('SET', KEYS[2], '0')
          redis.call('DEL', KEYS[3])
        end
        count = redis.call('INCR', KEYS[2])
        local purge = epoch .. ' ' .. string.format('%.0f', count) .. ' ' .. ARGV[2]
        redis.call('ZADD', KEYS[3], count, purge)
        redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(ARGV[3]))
        redis.call('PUBLISH', ARGV[4], purge)
        return {epoch, count}
        """

    /// Begins an epoch where there is none, or in the place of one that is to be left.
    private static let establish = """
        local epoch, count = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])
        if not epoch or not count or epoch == ARGV[2] then
          epoch, count = ARGV[1], '0'
          redis.call('SET', KEYS[1], epoch)
          redis.call('SET', KEYS[2], count)
          redis.call('DEL', KEYS[3])
        end
        return {epoch, count}
        """

    static func publish(_ target: Purge.Target, keys: SharedKey, epoch: UInt32, logLength: Int) -> RedisCommand {
        let arguments = [text(epoch), Array(text(of: target).utf8), text(max(1, logLength)), keys.channel]
        return eval(publish, keys, arguments)
    }

    static func establish(leaving: UInt32?, keys: SharedKey, epoch: UInt32) -> RedisCommand {
        eval(establish, keys, [text(epoch), leaving.map { text($0) } ?? []])
    }

    static func check(keys: SharedKey) -> RedisCommand {
        RedisCommand("MGET", [keys.epoch, keys.count])
    }

    static func log(after count: UInt32, keys: SharedKey) -> RedisCommand {
        let arguments = [
            keys.log, Array("(\(count)".utf8), Array("+inf".utf8), Array("LIMIT".utf8), text(0), text(page),
        ]
        return RedisCommand("ZRANGEBYSCORE", arguments)
    }

    /// The epoch and the count in an answer to `check`, `publish` or `establish`.
    static func counter(_ reply: RedisReply) -> (epoch: UInt32, count: UInt32)? {
        guard case .array(let parts) = reply, parts.count == 2,
            let epoch = parts[0].number.flatMap(UInt32.init(exactly:)),
            let count = parts[1].number.flatMap(UInt32.init(exactly:))
        else { return nil }
        return (epoch, count)
    }

    /// A purge as it stands in the log and comes on the channel.
    static func purge(_ bytes: [UInt8]) -> Purge? {
        let parts = bytes.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let epoch = number(parts[0]), let count = number(parts[1]), count > 0,
            let text = String(validating: parts[2].dropFirst(), as: UTF8.self), let kind = parts[2].first
        else { return nil }
        let generation = PurgeGeneration(epoch: epoch, count: count).number
        switch kind {
        case 0x75: return Purge(generation: generation, target: .url(text))
        case 0x70: return Purge(generation: generation, target: .prefix(text))
        case 0x74: return Purge(generation: generation, target: .tag(text))
        case 0x61 where text.isEmpty: return Purge(generation: generation, target: .all)
        default: return nil
        }
    }

    static func text(of target: Purge.Target) -> String {
        switch target {
        case .url(let text): "u\(text)"
        case .prefix(let text): "p\(text)"
        case .tag(let text): "t\(text)"
        case .all: "a"
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        String(validating: bytes, as: UTF8.self).flatMap { UInt32($0) }
    }

    private static func text(_ number: some BinaryInteger) -> [UInt8] { Array(String(number).utf8) }

    private static func eval(_ script: String, _ keys: SharedKey, _ arguments: [[UInt8]]) -> RedisCommand {
        RedisCommand("EVAL", [Array(script.utf8), text(3), keys.epoch, keys.count, keys.log] + arguments)
    }
}
