import AsyncHTTPClient
import Glibc
import Language
import NIOCore
import NIOPosix
import NIOSSL

/// Why no whole answer came, in plain words.
struct NetworkProblem: Error, Sendable {
    let message: Phrase
    /// What to do, where it is not a matter of the network.
    var hint: Phrase?
    /// Whether trying again is of no use.
    var isFinal = false

    /// The answer ended before its announced length.
    static let cut = NetworkProblem(message: "the answer was cut off")
    static let tooLong = NetworkProblem(message: "the answer is longer than what was asked for", isFinal: true)

    init(message: Phrase, hint: Phrase? = nil, isFinal: Bool = false) {
        self.message = message
        self.hint = hint
        self.isFinal = isFinal
    }

    init(_ error: any Error, host: String) {
        switch error {
        case let problem as NetworkProblem: self = problem
        case let error as HTTPClientError: self.init(message: Self.words(error))
        case let error as NIOConnectionError:
            if error.dnsAError != nil || error.dnsAAAAError != nil, error.connectionErrors.isEmpty {
                self.init(message: "the name \(host) is not known")
            } else {
                self.init(message: "the connection was refused or not answered")
            }
        case NIOSSLError.uncleanShutdown: self.init(message: "the connection broke off")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self.init(encryption: error, host: host)
        case let error as ChannelError:
            if case .connectTimeout = error {
                self.init(message: "no connection came about in time")
            } else {
                self.init(message: "the connection broke off")
            }
        case let error as IOError where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode):
            self.init(message: "the connection was refused or not answered")
        case is IOError: self.init(message: "the connection broke off")
        default: self.init(message: "the connection broke off: \(Self.short(error))")
        }
    }

    /// The library's own words are for its makers. It does not tell what is amiss with a certificate: its date or who signed it.
    private init(encryption error: any Error, host: String) {
        let text = String(describing: error)
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            self.init(
                message: "its certificate is not trusted: it has expired, or nobody whom this machine trusts has signed it",
                hint:
                    "Is this machine's clock right? Where the store has an authority of its own, let AWS_CA_BUNDLE name the file with that authority's certificate.",
                isFinal: true)
        } else if let error = error as? NIOSSLExtraError, error == NIOSSLExtraError.failedToValidateHostname {
            self.init(
                message: "its certificate is for another name than \(host)",
                hint: "Write the endpoint in the vault's url as the certificate has it, or add style=path there.", isFinal: true)
        } else if Self.isAboutAuthorities(error) {
            self.init(
                message: "the certificates of the trusted authorities cannot be read",
                hint: "Correct AWS_CA_BUNDLE: a file of certificates in PEM form, which takes the place of the system's.",
                isFinal: true)
        } else if text.contains("WRONG_VERSION_NUMBER") {
            self.init(
                message: "no encryption is spoken there", hint: "Are scheme and port of the endpoint in the vault's url right?",
                isFinal: true)
        } else if text.contains("EOF during") {
            // A line that breaks looks the same.
            self.init(message: "the connection broke off before it was encrypted")
        } else {
            self.init(message: "the encrypted connection was refused", isFinal: true)
        }
    }

    /// Whether the error comes from before the connection.
    private static func isAboutAuthorities(_ error: any Error) -> Bool {
        if case .unknownError? = error as? BoringSSLError { return true }
        let known = error as? NIOSSLError
        return known == NIOSSLError.noSuchFilesystemObject || known == NIOSSLError.failedToLoadCertificate
    }

    private static func words(_ error: HTTPClientError) -> Phrase {
        switch error {
        case .remoteConnectionClosed, .uncleanShutdown: "the connection broke off"
        case .readTimeout, .writeTimeout, .deadlineExceeded: "no answer came in time"
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: "no connection came about in time"
        default: "the connection failed: \(error.shortDescription)"
        }
    }

    private static func short(_ error: any Error) -> String {
        let text = String(describing: error)
        return text.count > 200 ? text.prefix(200) + "…" : text
    }
}
