import Crypto
import ResponseCache

/// The one script that spends of shared limits: all of a request's at once, or none. Redis runs nothing else meanwhile, and
/// the time is Redis's own, so that nodes agree whatever their clocks say.
///
/// `KEYS` are the keys, `ARGV` is `take` or `give`, then for each key `rate` or `day` or `month`, the limit, the period in
/// microseconds, the most at once, and the cost. The answer is four numbers for each key: whether it is allowed, what is
/// left, milliseconds until all is left, and until the cost is. The value of a key is what is used, and the time in
/// microseconds or the number of the window. Keys of which nothing is used any more go by themselves.
enum LimitScript {
    static let script = RedisScript(
        """
        local t = redis.call('TIME')
        local seconds = tonumber(t[1])
        local now = seconds * 1000000 + tonumber(t[2])
        local take = ARGV[1] == 'take'
        local all, out, set = true, {}, {}

        local function month_start(year, month)
          if month > 12 then year, month = year + 1, month - 12 end
          if month <= 2 then year = year - 1 end
          local era = math.floor(year / 400)
          local of_era = year - era * 400
          local from_march = month > 2 and month - 3 or month + 9
          local day = of_era * 365 + math.floor(of_era / 4) - math.floor(of_era / 100)
            + math.floor((153 * from_march + 2) / 5)
          return (era * 146097 + day - 719468) * 86400
        end

        local function window(kind)
          local day = math.floor(seconds / 86400)
          if kind == 'day' then return day, (day + 1) * 86400 end
          local shifted = day + 719468
          local era = math.floor(shifted / 146097)
          local of_era = shifted - era * 146097
          local year = math.floor((of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524)
            - math.floor(of_era / 146096)) / 365)
          local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
          local from_march = math.floor((5 * of_year + 2) / 153)
          local month = from_march < 10 and from_march + 3 or from_march - 9
          year = year + era * 400
          if month <= 2 then year = year + 1 end
          return year * 12 + month - 1, month_start(year, month + 1)
        end

        for i, key in ipairs(KEYS) do
          local a = 5 * i - 3
          local kind, limit, period = ARGV[a], tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2])
          local most, cost = tonumber(ARGV[a + 3]), tonumber(ARGV[a + 4])
          local used, mark = 0, 0
          local held = redis.call('GET', key)
          if held then
            local first, second = string.match(held, '^(%S+) (%S+)$')
            used, mark = tonumber(first) or 0, tonumber(second) or 0
          end
          local reset, retry, ends
          if kind == 'rate' then
            local pace = limit / period
            used = math.max(0, used - math.max(0, now - mark) * pace)
            mark = now
          else
            local number
            number, ends = window(kind)
            if mark ~= number then used, mark = 0, number end
            ends = ends * 1000 - math.floor(now / 1000)
          end
          local allowed = true
          if take then
            allowed = used + cost <= most + 0.000001
            all = all and allowed
          end
          local after = take and used + cost or math.max(0, used - cost)
          local life
          if kind == 'rate' then
            local each = period / limit / 1000
            local left = allowed and after or used
            reset, life = left * each, after * each + 1
            retry = allowed and 0 or (used + cost - most) * each
          else
            reset, life, retry = ends, ends, allowed and 0 or ends
          end
          set[i] = { key, string.format('%.17g %.0f', after, mark), string.format('%.0f', math.max(1, math.ceil(life))) }
          local out_used = take and allowed and after or used
          out[4 * i - 3] = allowed and 1 or 0
          out[4 * i - 2] = math.max(0, math.floor(most - out_used + 0.000001))
          out[4 * i - 1] = math.ceil(reset)
          out[4 * i] = math.ceil(retry)
        end
        if all then
          for _, entry in ipairs(set) do redis.call('SET', entry[1], entry[2], 'PX', entry[3]) end
        end
        return out
        """,
        sha1: { text in
            Insecure.SHA1.hash(data: text).reduce(into: "") { hex, byte in
                hex += (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    )
}
