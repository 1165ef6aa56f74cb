import CurlTransport
import ResponseCache

/// 2026-01-01T00:00:00Z: when the responses of these tests come.
let received = WallTime(milliseconds: 1_767_225_600_000)

func fields(_ pairs: KeyValuePairs<String, String>) -> [HeaderField] {
    pairs.map { HeaderField(name: $0.key, value: $0.value) }
}

/// The date in a field, that many seconds after `received`.
func date(_ seconds: Int64) -> String {
    HTTPDate.format(received.advanced(by: seconds * 1_000))
}

func get(_ pairs: KeyValuePairs<String, String> = [:], isAuthorized: Bool = false) -> CacheRequest {
    CacheRequest(headers: fields(pairs), isAuthorized: isAuthorized)
}

func storage(
    _ status: Int,
    _ headers: KeyValuePairs<String, String>,
    request: CacheRequest = get(),
    policy: CachePolicy = CachePolicy(),
    bodySize: Int = 10,
    delay: Int64 = 0
) -> StorageDecision {
    StorageRules.decision(
        status: status,
        headers: fields(headers),
        bodySize: bodySize,
        request: request,
        policy: policy,
        requestTime: received.advanced(by: -delay),
        responseTime: received
    )
}

func storage(
    _ headers: KeyValuePairs<String, String>,
    request: CacheRequest = get(),
    policy: CachePolicy = CachePolicy(),
    bodySize: Int = 10,
    delay: Int64 = 0
) -> StorageDecision {
    storage(200, headers, request: request, policy: policy, bodySize: bodySize, delay: delay)
}

/// The lifetime that a response has when it is stored, in seconds; nil when it is refused.
func freshness(
    _ status: Int,
    _ headers: KeyValuePairs<String, String>,
    policy: CachePolicy = CachePolicy()
) -> Int64? {
    storage(status, headers, policy: policy).lifetime.map { $0.freshness / 1_000 }
}

func freshness(_ headers: KeyValuePairs<String, String>, policy: CachePolicy = CachePolicy()) -> Int64? {
    freshness(200, headers, policy: policy)
}

func stored(
    _ status: Int,
    _ headers: KeyValuePairs<String, String>,
    body: String = "0123456789",
    policy: CachePolicy = CachePolicy()
) throws -> StoredResponse {
    struct Refused: Error {}
    guard let lifetime = storage(status, headers, policy: policy).lifetime else { throw Refused() }
    return StoredResponse(
        status: status,
        headers: StorableFields.filtered(fields(headers), received: received),
        body: Array(body.utf8),
        lifetime: lifetime,
        url: "http://origin.example/a"
    )
}

func stored(
    _ headers: KeyValuePairs<String, String>,
    body: String = "0123456789",
    policy: CachePolicy = CachePolicy()
) throws -> StoredResponse {
    try stored(200, headers, body: body, policy: policy)
}
