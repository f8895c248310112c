import AsyncHTTPClient
import Glibc
import Language
import NIOCore
import NIOPosix
import NIOSSL

/// Why no whole answer came, in plain words.
struct NetworkProblem: Error, Sendable {
    let message: Phrase
    /// Whether trying again is of no use.
    var isFinal = false

    /// The answer ended before its announced length.
    static let cut = NetworkProblem(message: "the answer was cut off")
    static let tooLong = NetworkProblem(message: "the answer is longer than what was asked for", isFinal: true)

    init(message: Phrase, isFinal: Bool = false) {
        self.message = message
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
            self.init(message: "the encrypted connection failed: \(Self.short(error))", isFinal: true)
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
