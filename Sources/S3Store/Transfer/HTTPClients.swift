import AsyncHTTPClient
import NIOCore
import NIOSSL
import Synchronization

/// The program's connections to stores: two pools for all stores that trust the same authorities. They last as long as the
/// program.
enum HTTPClients {
    /// At most so many to one store: small objects are read many at once, and large ones are few by what memory they take. With
    /// 50 ms a request that gives some five thousand small objects a second.
    static let connections = 256

    private static let all = Mutex<[String: HTTPClient]>([:])

    /// What requests are mostly about. The time in which nothing is heard is counted from when a request's bytes are handed over,
    /// long before a slow line has taken them: what sends much is given longer.
    enum Use: String {
        case asking
        case sending
    }

    /// - Parameters:
    ///   - host: whom it is for. A name below `localhost`, as of a bucket of a server on this machine, is this machine's (RFC
    /// 6761),
    ///     though not every system's resolver knows.
    ///   - authorities: a file of certificates that are trusted in the place of the system's; nil: the system's.
    static func client(for host: String, trusting authorities: String?, use: Use) -> HTTPClient {
        let override = host.hasSuffix(".localhost") ? [host: "localhost"] : [:]
        let key = (authorities ?? "") + "\n" + override.keys.joined() + "\n" + use.rawValue
        return all.withLock { clients in
            if let client = clients[key] { return client }
            var configuration = configuration(authorities, use)
            configuration.dnsOverride = override
            let client = HTTPClient(configuration: configuration)
            clients[key] = client
            return client
        }
    }

    private static func configuration(_ authorities: String?, _ use: Use) -> HTTPClient.Configuration {
        var encryption = TLSConfiguration.makeClientConfiguration()
        if let authorities { encryption.trustRoots = .file(authorities) }
        var configuration = HTTPClient.Configuration(tlsConfiguration: encryption, redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(10)
        // For answers that have begun; until when they must begin is said with each request.
        configuration.timeout.read = .seconds(use == .asking ? 60 : 1200)
        configuration.timeout.write = .seconds(60)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // Stores close idle connections without a word; ours go first.
        configuration.connectionPool.idleTimeout = .seconds(10)
        // A failed connection is told at once: the pauses between tries are ours to choose.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
