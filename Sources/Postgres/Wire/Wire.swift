internal import CPostgres
internal import Foundation

/// The bytes of an established connection, past libpq: its socket, or its TLS session where there is one. Never blocks.
struct Wire {
    enum Outcome {
        case moved(Int)
        /// Try again when the socket is ready for this `poll` event.
        case blocked(until: Int16)
        /// The other side, or the network, has ended the connection.
        case closed
    }

    private let socket: Int32
    private let tls: OpaquePointer?

    /// Nil when `connection` is broken, or encrypted by something that we cannot read through.
    init?(_ connection: OpaquePointer) {
        socket = PQsocket(connection)
        guard socket >= 0 else { return nil }
        if PQsslInUse(connection) == 1 {
            guard let session = PQsslStruct(connection, "OpenSSL") else { return nil }
            tls = OpaquePointer(session)
        } else {
            tls = nil
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        if let tls {
            var total = 0
            // One TLS record holds at most 16 KiB.
            while total < buffer.count {
                ERR_clear_error()
                let count = SSL_read(tls, buffer.baseAddress! + total, Int32(clamping: buffer.count - total))
                guard count > 0 else { return total > 0 ? .moved(total) : outcome(tls, of: count) }
                total += Int(count)
            }
            return .moved(total)
        }
        while true {
            let count = recv(socket, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .moved(count) }
            if count == 0 { return .closed }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .blocked(until: Int16(POLLIN)) : .closed
        }
    }

    /// After `blocked`, the same bytes must be given again: TLS insists on it.
    func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        if let tls {
            ERR_clear_error()
            let count = SSL_write(tls, bytes.baseAddress, Int32(clamping: bytes.count))
            return count > 0 ? .moved(Int(count)) : outcome(tls, of: count)
        }
        while true {
            let count = send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .moved(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? .blocked(until: Int16(POLLOUT)) : .closed
        }
    }

    private func outcome(_ tls: OpaquePointer, of result: Int32) -> Outcome {
        switch SSL_get_error(tls, result) {
        case SSL_ERROR_WANT_READ: .blocked(until: Int16(POLLIN))
        case SSL_ERROR_WANT_WRITE: .blocked(until: Int16(POLLOUT))
        default: .closed
        }
    }
}
