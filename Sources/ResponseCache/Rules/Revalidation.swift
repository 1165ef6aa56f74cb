public import CurlTransport

/// Asking the origin whether a stored response is still good, and what its answer makes of it (RFC 9111, section 4.3).
public enum Revalidation {
    /// What an answer without a body makes of a stored response.
    public enum Outcome: Sendable {
        /// The stored response with newer fields and a new lifetime: keep it in the place of the old one, and use it.
        case updated(StoredResponse)
        /// The same, but it may not be kept any longer: use it for this request, and remove the old one.
        case updatedOnce(StoredResponse, StorageRefusal)
        /// The answer is about another representation: remove the old one. After a 304, ask again without conditions.
        case invalid
        /// The answer says nothing about the stored response.
        case unrelated
    }

    /// When a message was exchanged, and the last purge that was known when it was sent.
    public struct Exchange: Hashable, Sendable {
        public var requestTime: WallTime
        public var responseTime: WallTime
        public var generation: UInt64

        public init(requestTime: WallTime, responseTime: WallTime, generation: UInt64 = 0) {
            self.requestTime = requestTime
            self.responseTime = responseTime
            self.generation = generation
        }
    }

    /// Whether there is anything to ask the origin with.
    public static func hasValidator(_ headers: some FieldValues) -> Bool {
        entityTag(headers) != nil || !headers.values(of: "Last-Modified").isEmpty
    }

    /// The conditions that ask whether a stored response is still good (section 4.3.1): `If-None-Match` for its `ETag`,
    /// and `If-Modified-Since` for its `Last-Modified`, as it was received (RFC 9110, section 13.1.3). Both where there are
    /// both, for origins that know only one. Empty without a validator.
    public static func conditions(for headers: some FieldValues) -> [HeaderField] {
        var fields: [HeaderField] = []
        if entityTag(headers) != nil, let tag = headers.values(of: "ETag").first {
            fields.append(HeaderField(name: "If-None-Match", value: tag))
        }
        if let date = headers.values(of: "Last-Modified").first, HTTPDate.parse(date, now: unimportant) != nil {
            fields.append(HeaderField(name: "If-Modified-Since", value: date))
        }
        return fields
    }

    /// What a 304 makes of the stored response that its request was about (sections 3.2 and 4.3.4).
    public static func freshened(
        _ stored: StoredResponse,
        by headers: [HeaderField],
        request: CacheRequest,
        policy: CachePolicy,
        exchange: Exchange
    ) -> Outcome {
        guard identifies(headers, stored.headers) else { return .invalid }
        return update(stored, by: headers, request: request, policy: policy, exchange: exchange)
    }

    /// What the response to a HEAD makes of the response stored for a GET (section 4.3.5). Only a 200 says anything; one
    /// whose validators or length differ is about another representation.
    public static func freshened(
        _ stored: StoredResponse,
        byHEAD status: Int,
        _ headers: [HeaderField],
        request: CacheRequest,
        policy: CachePolicy,
        exchange: Exchange
    ) -> Outcome {
        guard status == 200, stored.status == 200 else { return .unrelated }
        for name in ["ETag", "Last-Modified"] {
            if let value = headers.values(of: name).first, stored.headers.values(of: name).first != value {
                return .invalid
            }
        }
        if let length = headers.values(of: "Content-Length").first, length != String(stored.body.count) {
            return .invalid
        }
        var get = request
        get.method = "GET"
        return update(stored, by: headers, request: get, policy: policy, exchange: exchange)
    }

    /// Dates are only asked whether they can be read here, for which the century does not matter.
    private static let unimportant = WallTime(milliseconds: 0)

    private static func entityTag(_ headers: some FieldValues) -> EntityTag? {
        headers.values(of: "ETag").first.flatMap { EntityTag($0) }
    }

    /// Whether a 304 is about this stored response, the only one its request named (section 4.3.4). Against the letter of
    /// the section, a 304 without any validator is: origins leave out what was in the request, and it can mean no other.
    private static func identifies(_ new: [HeaderField], _ old: [HeaderField]) -> Bool {
        if let tag = new.values(of: "ETag").first {
            guard let newTag = EntityTag(tag), let oldTag = entityTag(old) else {
                return old.values(of: "ETag").first == tag
            }
            return newTag.isWeak ? newTag.weaklyMatches(oldTag) : newTag.stronglyMatches(oldTag)
        }
        guard let date = new.values(of: "Last-Modified").first else { return true }
        return old.values(of: "Last-Modified").first.map { $0 == date } ?? true
    }

    /// The stored response with the fields of the answer in the place of its own of the same name.
    private static func update(
        _ stored: StoredResponse,
        by headers: [HeaderField],
        request: CacheRequest,
        policy: CachePolicy,
        exchange: Exchange
    ) -> Outcome {
        let news = headers.filter { !belongsToBody($0.name) }
        var replaced = Set(news.map { ASCII.lowercased($0.name.utf8) })
        replaced.insert("date")
        var merged = stored.headers.filter { !replaced.contains(ASCII.lowercased($0.name.utf8)) } + news
        if news.values(of: "Date").isEmpty {
            merged.append(HeaderField(name: "Date", value: HTTPDate.format(exchange.responseTime)))
        }
        let decision = StorageRules.decision(
            status: stored.status,
            headers: merged,
            bodySize: stored.body.count,
            request: request,
            policy: policy,
            requestTime: exchange.requestTime,
            responseTime: exchange.responseTime
        )
        let lifetime = decision.lifetime ?? spent(merged, exchange)
        let updated = StoredResponse(
            status: stored.status,
            headers: StorableFields.filtered(merged),
            body: stored.body,
            lifetime: lifetime,
            url: stored.url,
            tags: stored.tags,
            generation: exchange.generation
        )
        guard case .refuse(let refusal) = decision else { return .updated(updated) }
        return .updatedOnce(updated, refusal)
    }

    /// The lifetime of what is used once.
    private static func spent(_ headers: [HeaderField], _ exchange: Exchange) -> StoredLifetime {
        let age = ResponseAge.initial(
            headers,
            requestTime: exchange.requestTime,
            responseTime: exchange.responseTime
        )
        return StoredLifetime(
            requestTime: exchange.requestTime,
            responseTime: exchange.responseTime,
            initialAge: age,
            freshness: 0,
            mustRevalidateAlways: true,
            forbidsStale: true
        )
    }

    /// Fields that describe the stored bytes, which an answer without them does not change (section 3.2).
    private static func belongsToBody(_ name: String) -> Bool {
        ["content-length", "content-encoding", "content-range"].contains(ASCII.lowercased(name.utf8))
    }
}
