import Foundation
import Synchronization

/// Passes TCP connections on to another port of 127.0.0.1 until it falls silent: then nothing comes through any more, and nobody
/// is told. The system goes on confirming what is sent, as a broken middlebox does.
final class SilentNetwork: Sendable {
    let port: Int
    private let listener: Int32
    private let isSilent = Atomic<Bool>(false)
    private let isOver = Atomic<Bool>(false)

    init(to target: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isReady else { throw CocoaError(.featureUnsupported) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while !isOver.load(ordering: .acquiring) {
                var watched = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                guard poll(&watched, 1, 50) > 0, !isSilent.load(ordering: .acquiring) else { continue }
                let near = accept(listener, nil, nil)
                let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                var place = Self.loopback(UInt16(target))
                let size = socklen_t(MemoryLayout<sockaddr_in>.size)
                _ = withUnsafePointer(to: &place) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(far, $0, size) }
                }
                let pair = Pair(near: near, far: far)
                Thread.detachNewThread { [self] in pass(near, far, of: pair) }
                Thread.detachNewThread { [self] in pass(far, near, of: pair) }
            }
            close(listener)
        }
    }

    func fallSilent() { isSilent.store(true, ordering: .releasing) }

    /// Lets all threads end.
    func end() { isOver.store(true, ordering: .releasing) }

    /// The two ends of a connection, closed when neither thread uses them any more: a number that is closed before is soon that
    /// of somebody else's socket.
    private final class Pair: Sendable {
        private let near: Int32
        private let far: Int32

        init(near: Int32, far: Int32) { (self.near, self.far) = (near, far) }

        deinit {
            close(near)
            close(far)
        }
    }

    private func pass(_ from: Int32, _ to: Int32, of pair: Pair) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while !isOver.load(ordering: .acquiring) {
            var watched = pollfd(fd: from, events: Int16(POLLIN), revents: 0)
            if isSilent.load(ordering: .acquiring) {
                usleep(20_000)
                continue
            }
            guard poll(&watched, 1, 50) > 0 else { continue }
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            var sent = 0
            while sent < count {
                let step = buffer.withUnsafeBytes { send(to, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL)) }
                guard step > 0 else { break }
                sent += step
            }
        }
        withExtendedLifetime(pair) {
            shutdown(from, Int32(SHUT_RDWR))
            shutdown(to, Int32(SHUT_RDWR))
        }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }
}
