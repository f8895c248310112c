import AsyncHTTPClient
import NIOCore
import NIOSSL
import Synchronization

/// The program's connections to stores: one pool for all stores that trust the same authorities. They last as long as the
/// program.
enum HTTPClients {
    private static let all = Mutex<[String: HTTPClient]>([:])

    /// - Parameter authorities: a file of certificates that are trusted in the place of the system's; nil: the system's.
    static func client(trusting authorities: String?) -> HTTPClient {
        all.withLock { clients in
            if let client = clients[authorities ?? ""] { return client }
            let client = HTTPClient(configuration: configuration(authorities))
            clients[authorities ?? ""] = client
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
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        // Stores close idle connections without a word; ours go first.
        configuration.connectionPool.idleTimeout = .seconds(10)
        // A failed connection is told at once: the pauses between tries are ours to choose.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
