import Foundation
public import S3Store
import Synchronization

/// An S3 server for the tests, started once however many ask for it, and ended with the test process.
public struct BucketServer: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// `rclone serve s3` over a folder: other people's code, which passes over `If-None-Match`.
        case rclone
        /// moto with users: other people's code, which knows conditions, versions and locks.
        case moto
        /// Our own double, which is strict and does wrong what it is told to.
        case strict
        /// The same over TLS, with a certificate of our own.
        case encrypted
        /// Likewise, with the certificate of another machine.
        case misnamed
    }

    public let kind: Kind
    public let port: Int
    public let credentials: S3Credentials
    /// For programs that take them from their environment.
    public let accessKey: String
    public let secretKey: String
    /// Of rclone: where its buckets are.
    let folder: String
    /// Of `encrypted`: the file with its certificate.
    public let authorities: String?

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public static func shared(_ kind: Kind) async throws -> BucketServer { try await BucketServers.all.server(kind) }

    fileprivate static func start(_ kind: Kind) async throws -> BucketServer {
        let folder = FileManager.default.temporaryDirectory.path + "/reprise-buckets-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder + "/buckets", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let ready = folder + "/ready"
        let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
        var words: [String]
        var authorities: String?
        switch kind {
        case .rclone: words = ["attended.py", ready, "rclone", folder + "/buckets"]
        case .moto: words = ["attended.py", ready, "moto"]
        case .strict: words = ["strict_s3.py", ready]
        case .encrypted, .misnamed:
            try makeCertificate(
                for: kind == .encrypted ? "DNS:localhost,DNS:*.localhost,IP:127.0.0.1" : "DNS:elsewhere.example", in: folder)
            authorities = folder + "/certificate.pem"
            words = ["strict_s3.py", ready, folder + "/certificate.pem", folder + "/key.pem"]
        }
        words[0] = scripts + "/" + words[0]
        let server = Process()
        server.executableURL = URL(fileURLWithPath: python)
        server.arguments = ["-B"] + words
        let input = Pipe()
        server.standardInput = input
        server.standardOutput = FileHandle.nullDevice
        let errors = folder + "/errors"
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        server.standardError = FileHandle(forWritingAtPath: errors)
        try server.run()
        // Held open for as long as the process lives: the server ends when it closes.
        kept.withLock { $0.append(input) }
        let start = ContinuousClock.now
        while !FileManager.default.fileExists(atPath: ready) {
            guard server.isRunning, ContinuousClock.now - start < .seconds(120) else {
                throw Failure(
                    description: "\(kind.rawValue) does not start: "
                        + ((try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""))
            }
            try await Task.sleep(for: .milliseconds(30))
        }
        let told = try String(contentsOfFile: ready, encoding: .utf8).split(separator: " ").map(String.init)
        guard let port = told.first.flatMap({ Int($0) }) else { throw Failure(description: "no port") }
        let (access, secret) =
            told.count == 3 ? (told[1], told[2]) : ("TESTER", "a/long+secret=of the tests".filter { $0 != " " })
        let made = BucketServer(
            kind: kind, port: port, credentials: S3Credentials(accessKey: access, secretKey: secret), accessKey: access,
            secretKey: secret, folder: folder + "/buckets", authorities: authorities)
        if kind == .strict || kind == .encrypted { try await made.setUser(access, ["secret": secret]) }
        return made
    }

    /// The Python with the packages of scripts/requirements.txt.
    static var python: String { ProcessInfo.processInfo.environment["REPRISE_PYTHON"] ?? "/usr/bin/python3" }

    private static let kept = Mutex<[Pipe]>([])

    private static func makeCertificate(for names: String, in folder: String) throws {
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        maker.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=" + names, "-keyout",
            folder + "/key.pem", "-out", folder + "/certificate.pem",
        ]
        maker.standardError = FileHandle.nullDevice
        try maker.run()
        maker.waitUntilExit()
        guard maker.terminationStatus == 0 else { throw Failure(description: "openssl makes no certificate") }
    }
}

private actor BucketServers {
    static let all = BucketServers()
    private var starting: [BucketServer.Kind: Task<BucketServer, any Error>] = [:]

    func server(_ kind: BucketServer.Kind) async throws -> BucketServer {
        if let task = starting[kind] { return try await task.value }
        let task = Task.detached { try await BucketServer.start(kind) }
        starting[kind] = task
        return try await task.value
    }
}
