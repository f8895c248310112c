import Foundation
import Synchronization

/// Passes one TCP connection on to another port of 127.0.0.1, until it is cut.
final class Tunnel: Sendable {
    let port: Int
    private let ends = Mutex<[Int32]>([])

    init(to target: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        port = try Self.withLoopback(port: 0) { address, length in
            guard bind(listener, address, length) == 0, listen(listener, 1) == 0 else { return nil }
            var length = length
            let bound = UnsafeMutablePointer(mutating: address)
            guard getsockname(listener, bound, &length) == 0 else { return nil }
            return bound.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
        }
        Thread.detachNewThread { [self] in
            let near = accept(listener, nil, nil)
            close(listener)
            let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            _ = try? Self.withLoopback(port: target) { address, length in Int(connect(far, address, length)) }
            ends.withLock { $0 = [near, far] }
            let passing = DispatchGroup()
            for (from, to) in [(near, far), (far, near)] {
                passing.enter()
                Thread.detachNewThread {
                    Self.pass(from, to)
                    passing.leave()
                }
            }
            passing.wait()
            close(near)
            close(far)
        }
    }

    /// Ends it as a network does: nobody is told properly.
    func cut() {
        ends.withLock {
            for end in $0 { shutdown(end, Int32(SHUT_RDWR)) }
        }
    }

    private static func pass(_ from: Int32, _ to: Int32) {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(from, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            var sent = 0
            while sent < count {
                let step = buffer.withUnsafeBytes { send(to, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL)) }
                guard step > 0 else { return }
                sent += step
            }
        }
        shutdown(to, Int32(SHUT_RDWR))
    }

    private static func withLoopback(
        port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int?
    ) throws -> Int {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard let result else { throw CocoaError(.featureUnsupported) }
        return result
    }
}
