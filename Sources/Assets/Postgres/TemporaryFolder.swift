internal import Foundation
internal import Language

/// A folder that only this user can look into, for what `pg_restore` takes as a file; removed right after.
struct TemporaryFolder {
    let path: String

    init() throws(AssetError) {
        var template = Array((NSTemporaryDirectory() + "/reprise-XXXXXX").utf8CString)
        guard
            let made = template.withUnsafeMutableBufferPointer({ buffer in
                buffer.baseAddress.flatMap { mkdtemp($0).map { String(cString: $0) } }
            })
        else {
            throw AssetError(
                .programFailed, "No temporary folder could be made in \(NSTemporaryDirectory()).",
                hint: "Name another one in TMPDIR.")
        }
        path = made
    }

    func write(_ text: String, as name: String) throws -> String { try write(Array(text.utf8), as: name) }

    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
