/// A fenced block of a page: an example that a test runs.
///
/// What follows the fence says what it is: a language for whoever shows the page, a kind, and attributes, as in
/// ```` ```json composition file=home.json ````.
struct FencedBlock: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// An expression and what it gives, warns of or fails with.
        case expression = "jmespath"
        /// A template, values for its names, and what it gives.
        case template = "json template"
        /// A whole file of an endpoint; without a `text check` behind it nothing can be found wrong with it.
        case composition = "json composition"
        /// A file, `file=_shared/user.json`, that the compositions of the section reference.
        case fragment = "json fragment"
        /// What backends answer, by `"BACKEND: METHOD /target STATUS"`.
        case answers = "json answers"
        /// A fixture's whole file, `backend=users`.
        case fixture = "json fixture"
        /// A scenario's whole file, `name=reviews-down`.
        case scenario = "json scenario"
        /// What `check` says of the composition before it.
        case findings = "text check"
        /// A request to the section's compositions, and the reply; with `scenario=reviews-down` in that scenario.
        case exchange = "http"
        /// The same, of the repository's own compositions.
        case sampleExchange = "http samples"
        /// A settings file.
        case settings = "json settings"
        /// A file of API keys.
        case keys = "json keys"
        /// Cases of a composition.
        case cases = "json cases"
        /// A file of the repository, `file=compositions/home.json`, as it is.
        case file = "json file"
        /// The same of a Swift file.
        case swiftFile = "swift file"
        /// Commands, run in the root of the repository, and what they print.
        case console = "console"
        /// Commands of the README's walk, which `.ci/walk` takes in an empty directory, and what they print.
        case walk = "console walk"
        /// Commands of the README, which `.ci/readme` runs.
        case readmeCommand = "sh"
        /// What is no example: a picture, or a reply that is shown in part.
        case picture = "text"
    }

    let page: String
    /// Of the opening fence, counted from 1.
    let line: Int
    /// The heading that it stands below.
    let section: String
    /// The words behind the fence.
    let info: String
    let text: String

    var place: String { "\(page):\(line)" }

    /// Nil for words that are no kind.
    var kind: Kind? { Kind(rawValue: words.joined(separator: " ")) }

    func attribute(_ name: String) -> String? {
        info.split(separator: " ").first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    private var words: [Substring] { info.split(separator: " ").filter { !$0.contains("=") } }
}
