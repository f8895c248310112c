import AsyncHTTPClient
import NIOCore
import NIOSSL
import Synchronization

/// The program's connections to stores: one pool for all stores that trust the same authorities. They last as long as the
/// program.
enum HTTPClients {
    /// At most so many to one store: small objects are read many at once, and large ones are few by what memory they take. With
    /// 50 ms a request that gives some five thousand small objects a second.
    static let connections = 256

    private static let all = Mutex<[String: HTTPClient]>([:])

    /// - Parameters:
    ///   - host: whom it is for. A name below `localhost`, as of a bucket of a server on this machine, is this machine's (RFC
    /// 6761),
    ///     though not every system's resolver knows.
    ///   - authorities: a file of certificates that are trusted in the place of the system's; nil: the system's.
    static func client(for host: String, trusting authorities: String?) -> HTTPClient {
        let override = host.hasSuffix(".localhost") ? [host: "localhost"] : [:]
        let key = (authorities ?? "") + "\n" + override.keys.joined()
        return all.withLock { clients in
            if let client = clients[key] { return client }
            var configuration = configuration(authorities)
            configuration.dnsOverride = override
            let client = HTTPClient(configuration: configuration)
            clients[key] = client
            return client
        }
    }

    private static func configuration(_ authorities: String?) -> HTTPClient.Configuration {
        var encryption = TLSConfiguration.makeClientConfiguration()
        if let authorities { encryption.trustRoots = .file(authorities) }
        var configuration = HTTPClient.Configuration(tlsConfiguration: encryption, redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(60)
        configuration.timeout.write = .seconds(60)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // Stores close idle connections without a word; ours go first.
        configuration.connectionPool.idleTimeout = .seconds(10)
        // A failed connection is told at once: the pauses between tries are ours to choose.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
