/// A fixture ready to answer: its answers in their order, each as it is sent.
struct PreparedFixture: Sendable {
    /// Of the fixture, for the journal and the counts.
    let name: String
    private let file: String
    private let pattern: PathPattern
    private let answers: [Answer]
    private let isCyclic: Bool
    private let salt: UInt64

    private enum Answer: Sendable {
        case prepared(PreparedResponse)
        /// To be made of each request.
        case template(AnswerTemplate, CannedResponse)

        init(_ response: CannedResponse) {
            if let template = response.template {
                self = .template(template, response)
            } else {
                self = .prepared(PreparedResponse(response))
            }
        }
    }

    init(_ fixture: Fixture) {
        name = fixture.name
        file = fixture.file
        pattern = fixture.request.pattern
        answers = fixture.responses.map { Answer($0) }
        isCyclic = fixture.afterLast == .cycle
        salt = ReplayDelay.salt(of: "\(fixture.backend)/\(fixture.name)")
    }

    init(_ catchAll: CatchAll, of backend: String) {
        name = catchAll.name
        file = catchAll.name
        pattern = PathPattern("/")
        answers = [Answer(catchAll.response)]
        isCyclic = false
        salt = ReplayDelay.salt(of: "\(backend)/\(catchAll.name)")
    }

    /// - Parameter number: how many answers came before.
    func delivery(_ number: Int, to asked: AskedRequest, keepsAlive: Bool) -> Delivery {
        let isHead = asked.method == "HEAD"
        let place = isCyclic ? number % answers.count : min(number, answers.count - 1)
        switch answers[place] {
        case .prepared(let response):
            return response.delivery(isHead: isHead, keepsAlive: keepsAlive, number: number, salt: salt)
        case .template(let template, let response):
            let filled = fill(template, response, asked)
            return PreparedResponse(filled)
                .delivery(isHead: isHead, keepsAlive: keepsAlive, number: number, salt: salt)
        }
    }

    private func fill(_ template: AnswerTemplate, _ response: CannedResponse, _ asked: AskedRequest) -> CannedResponse {
        do throws(TemplateFailure) {
            return try template.fill(response, asked: asked, pattern: pattern)
        } catch {
            return UnfilledReply(fixture: file, failure: error).response
        }
    }
}
