import Foundation
import Language

/// The folder of files that make a vault quick to use. It holds no secret and nothing that cannot be fetched again: whoever
/// deletes it loses time.
struct LocalCache: Sendable {
    let folder: String

    /// - Parameter folder: made when it is missing, readable by its owner alone.
    init(_ folder: String) throws(VaultError) {
        self.folder = folder
        do {
            for part in ["index", "snapshots", "keys", "records"] {
                try FileManager.default.createDirectory(
                    atPath: folder + "/" + part, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw VaultError(
                .cacheUnwritable, "The cache folder \(folder) cannot be made: \(error.localizedDescription)",
                hint: "Set REPRISE_CACHE to a folder that may be written.")
        }
    }

    func path(_ name: String) -> String { folder + "/" + name }

    /// Nil where there is no such file.
    func read(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path(name)).map(Array.init)
    }

    /// Whether a file's name is that of one that is being written, or whose writer died. Another process's must be left alone.
    static func isUnfinished(_ name: String) -> Bool { name.contains(".") }

    /// Writes a file whole or not at all. A cache that cannot be written costs time and no more, so a failure is the caller's to
    /// weigh.
    @discardableResult
    func write(_ name: String, _ bytes: [[UInt8]]) -> Bool {
        let temporary = path(name) + "." + String(UInt64.random(in: .min ... .max), radix: 16)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        for piece in bytes {
            var offset = 0
            while offset < piece.count {
                let written = piece.withUnsafeBytes { Foundation.write(file, $0.baseAddress! + offset, $0.count - offset) }
                guard written > 0 || errno == EINTR else {
                    unlink(temporary)
                    return false
                }
                offset += max(0, written)
            }
        }
        guard rename(temporary, path(name)) == 0 else {
            unlink(temporary)
            return false
        }
        return true
    }

    func remove(_ name: String) { unlink(path(name)) }

    func names(in part: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path(part))) ?? []).sorted()
    }
}
