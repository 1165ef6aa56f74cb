public import Diagnostics
public import Identity
public import JMESPath

/// One access policy of the settings, read but not yet loaded: the files that it names are not open.
public struct AccessSettings: Sendable {
    public struct Token: Hashable, Sendable {
        public enum Keys: Hashable, Sendable {
            /// A JSON Web Key Set or a public key in PEM; relative to the settings file.
            case file(String)
            /// A JSON Web Key Set.
            case url(String)
            case secret([UInt8])
        }

        public var algorithms: [TokenAlgorithm]
        public var rules = TokenRules()
        public var keys: Keys
        public var pace = RemoteKeys.Pace()
        /// For one fetch of the keys.
        public var timeout: Duration = .seconds(5)
        /// A PEM file of the authorities that vouch for the keys' server; relative to the working directory.
        public var caFile: String?
        /// Tokens whose signatures are remembered.
        public var capacity = 10_000
    }

    public enum Scheme: Hashable, Sendable {
        case apiKey(file: String, header: String)
        case token(Token)
        case password(file: String)
        case certificate
    }

    public var name: String
    public var scheme: Scheme
    public var realm = "medley"
    public var require: Expression?
    public var forwards = false
    /// Where its scheme stands, for what is wrong with the files.
    public var place: Diagnostic.Place
}
