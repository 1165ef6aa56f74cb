import CurlTransport
import ResponseCache

/// The answers of one run that come through the cache, told to its transfers as if each were one.
///
/// `@unchecked Sendable`: touched on the run's loop alone, where the cache calls back.
final class CachedAnswers: @unchecked Sendable {
    private var answers: [Int: CachedAnswer] = [:]
    private var waits: [Int: CacheWait] = [:]

    /// Asks the cache; `transfers` bring the end.
    func ask(
        _ cache: ResponseCache,
        _ exchange: CachedExchange,
        number: Int,
        _ transfers: TransferGroup,
        on loop: CurlLoop
    ) {
        transfers.expect(number) { self.waits.removeValue(forKey: number)?.leave() }
        let wait = cache.answer(exchange, on: loop) { outcome in
            self.waits[number] = nil
            switch outcome {
            case .success(let answer):
                self.answers[number] = answer
                transfers.finish(number, .success(answer.response.asResponse))
            case .failure(let error):
                transfers.finish(number, .failure(error))
            }
        }
        waits[number] = wait
    }

    func take(_ number: Int) -> CachedAnswer? { answers.removeValue(forKey: number) }
}

extension StoredResponse {
    fileprivate var asResponse: TransportResponse {
        TransportResponse(status: status, section: HeaderSection(headers), body: body)
    }
}
