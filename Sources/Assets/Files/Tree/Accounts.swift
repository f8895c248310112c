internal import Glibc
internal import Synchronization

/// The names of users and groups by number and the other way round, each looked up once.
final class Accounts: Sendable {
    private struct State {
        var users: [UInt32: String?] = [:]
        var groups: [UInt32: String?] = [:]
        var userNumbers: [String: UInt32?] = [:]
        var groupNumbers: [String: UInt32?] = [:]
    }
    private let state = Mutex(State())

    func user(_ number: UInt32) -> String? {
        state.withLock { state in
            if let known = state.users[number] { return known }
            let found = Self.lookUp { buffer, count in
                var record = passwd()
                var result: UnsafeMutablePointer<passwd>?
                let status = getpwuid_r(number, &record, buffer, count, &result)
                return (status, result.map { String(cString: $0.pointee.pw_name) })
            }
            state.users[number] = .some(found)
            return found
        }
    }

    func group(_ number: UInt32) -> String? {
        state.withLock { state in
            if let known = state.groups[number] { return known }
            let found = Self.lookUp { buffer, count in
                var record = Glibc.group()
                var result: UnsafeMutablePointer<Glibc.group>?
                let status = getgrgid_r(number, &record, buffer, count, &result)
                return (status, result.map { String(cString: $0.pointee.gr_name) })
            }
            state.groups[number] = .some(found)
            return found
        }
    }

    func number(ofUser name: String) -> UInt32? {
        state.withLock { state in
            if let known = state.userNumbers[name] { return known }
            let found = Self.lookUp { buffer, count in
                var record = passwd()
                var result: UnsafeMutablePointer<passwd>?
                let status = getpwnam_r(name, &record, buffer, count, &result)
                return (status, result.map { $0.pointee.pw_uid })
            }
            state.userNumbers[name] = .some(found)
            return found
        }
    }

    func number(ofGroup name: String) -> UInt32? {
        state.withLock { state in
            if let known = state.groupNumbers[name] { return known }
            let found = Self.lookUp { buffer, count in
                var record = Glibc.group()
                var result: UnsafeMutablePointer<Glibc.group>?
                let status = getgrnam_r(name, &record, buffer, count, &result)
                return (status, result.map { $0.pointee.gr_gid })
            }
            state.groupNumbers[name] = .some(found)
            return found
        }
    }

    /// Tries with larger buffers while the C library finds them too small.
    private static func lookUp<Value>(_ body: (UnsafeMutablePointer<CChar>, Int) -> (Int32, Value?)) -> Value? {
        var room = 4096
        while room <= 1 << 20 {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: room)
            defer { buffer.deallocate() }
            let (status, value) = body(buffer, room)
            if status != ERANGE { return value }
            room *= 8
        }
        return nil
    }
}
