import Foundation
import Language

/// Looks at everything that a backup of a folder needs.
public struct FilesDoctor: Sendable {
    private let asset: String
    private let folder: String
    private let avoided: [String]

    /// - Parameters:
    ///   - folder: absolute.
    ///   - avoided: folders that a backup leaves out, such as the vault.
    public init(asset: String, folder: String, avoided: [String]) {
        self.asset = asset
        self.folder = folder
        self.avoided = avoided
    }

    public func examine() async -> [Finding] {
        var facts = stat()
        guard stat(folder, &facts) == 0 else {
            return [
                Finding(
                    "\(asset).folder", .bad,
                    "\(asset): the folder \(folder) cannot be looked at: \(String(cString: strerror(errno))).",
                    remedy: "Correct the asset's path in the plan; a relative one starts at the plan's folder.")
            ]
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            return [
                Finding(
                    "\(asset).folder", .bad, "\(asset): \(folder) is no folder.", remedy: "Name a folder in the asset's path.")
            ]
        }
        guard access(folder, R_OK | X_OK) == 0 else {
            return [
                Finding(
                    "\(asset).folder", .bad, "\(asset): this user may not read the folder \(folder).",
                    remedy: "Run the backup as a user who may read it.")
            ]
        }
        var findings = [Finding("\(asset).folder", .good, "\(asset): the folder \(folder) can be read.")]
        let inside = avoided.filter { ($0 + "/").hasPrefix(folder == "/" ? "/" : folder + "/") }
        if !inside.isEmpty {
            findings.append(
                Finding(
                    "\(asset).vault", .warning,
                    "\(asset): \(inside.joined(separator: ", ")) lies in it and is left out of its backups.",
                    remedy: "A vault on the disk that it protects is lost with it: keep it elsewhere, or copy it."))
        }
        return findings
    }
}
