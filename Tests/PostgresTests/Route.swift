import Foundation
import Postgres
import SystemPackage
import TestServers
import Testing

/// The ways to reach a server that copies take different code on.
enum Route: String, CaseIterable, CustomTestStringConvertible {
    case socket, tcp, tls

    var testDescription: String { rawValue }

    func freshDatabase() async throws -> ConnectionString { try ConnectionString(try await freshDatabaseURL()) }

    func freshDatabaseURL() async throws -> String {
        let server = self == .tls ? try await TLSServer.shared.server() : try await TestServers.server()
        let name = try await server.createDatabase().database ?? ""
        switch self {
        case .socket: return TestServers.url(server.connection(database: name))
        case .tcp: return TestServers.url(try server.loopback(name)) + "?sslmode=disable"
        case .tls: return TestServers.url(try server.loopback(name)) + "?sslmode=require"
        }
    }
}

extension Sandbox {
    func loopback(_ database: String) throws -> ConnectionString {
        guard let connection = loopbackConnection(database: database) else { throw CocoaError(.featureUnsupported) }
        return connection
    }
}

/// A server that speaks TLS, with a certificate of its own making.
actor TLSServer {
    /// Of the newest major that was built with OpenSSL.
    static let shared = TLSServer(newest)
    private let installation: Installation?

    init(_ installation: Installation?) { self.installation = installation }

    /// Of each major one that was built with OpenSSL: the system's, and those that tests get beside it.
    static let installations: [Installation] = {
        let all = TestServers.installations.filter { $0.bin.string.hasPrefix("/usr/") } + TestServers.others
        return Dictionary(grouping: all, by: \.major).compactMap(\.value.first).sorted { $0.major > $1.major }
    }()

    private static let newest = installations.first
    private var starting: Task<Sandbox, any Error>?

    func server() async throws -> Sandbox {
        if let starting { return try await starting.value }
        let task = Task.detached { [installation] in try await Self.start(installation) }
        starting = task
        return try await task.value
    }

    private static func start(_ installation: Installation?) async throws -> Sandbox {
        // Of its own: another server of this major may be starting at the same time.
        let folder = TestServers.folder.appending("tls-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let (key, certificate) = (folder.appending("key.pem").string, folder.appending("certificate.pem").string)
        try await Program.run(
            "/usr/bin/openssl",
            arguments: [
                "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key,
                "-out",
                certificate,
            ]
        ).checked()
        // A server that root starts runs as nobody, and reads its key itself.
        if geteuid() == 0, let nobody = getpwnam("nobody") {
            for file in [key, certificate] { chown(file, nobody.pointee.pw_uid, nobody.pointee.pw_gid) }
        }
        guard let installation else { throw CocoaError(.fileNoSuchFile) }
        return try await TestServers.start(
            installation, settings: ["ssl": "on", "ssl_key_file": key, "ssl_cert_file": certificate])
    }
}
