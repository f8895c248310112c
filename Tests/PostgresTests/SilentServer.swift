import Foundation
import Postgres

/// Listens on a free port of 127.0.0.1, and neither accepts nor answers: the system takes the connection, nobody speaks.
final class SilentServer: Sendable {
    private let listener: Int32
    let port: Int

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (socket, isReady) = (listener, Self.bound)
        guard
            withUnsafeMutablePointer(
                to: &address, { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { isReady(socket, $0, &length) } })
        else { throw CocoaError(.featureUnsupported) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    private static func bound(_ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>, _ length: inout socklen_t) -> Bool {
        bind(socket, address, length) == 0 && listen(socket, 8) == 0 && getsockname(socket, address, &length) == 0
    }

    deinit { close(listener) }

    var url: String { "postgresql://somebody:hunter2secret@127.0.0.1:\(port)/somewhere?sslmode=disable" }

    /// Returns once somebody has connected.
    func awaitCaller() async throws {
        while true {
            var watched = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            if poll(&watched, 1, 0) > 0 { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Takes one caller, reads what it says first and ends the call, without a word.
    func hangUp() async throws {
        try await awaitCaller()
        let caller = accept(listener, nil, nil)
        var byte: UInt8 = 0
        _ = recv(caller, &byte, 1, 0)
        close(caller)
    }
}
