internal import Foundation
internal import Language
internal import SystemPackage

/// The user as whom a sandbox's server runs. PostgreSQL refuses to run as root, so root gives the work to a user with fewer
/// rights.
///
/// `nobody` rather than `postgres`: what is restored into a sandbox runs code there, and `postgres` may own the production
/// server's files.
struct ServiceUser: Sendable {
    let name: String
    let id: uid_t
    let group: gid_t

    /// Nil when this process is not root, and so runs the server as itself.
    static func forThisProcess() throws(PostgresError) -> ServiceUser? {
        guard geteuid() == 0 else { return nil }
        for name in ["nobody", "postgres"] {
            if let entry = getpwnam(name), entry.pointee.pw_uid != 0 {
                return ServiceUser(name: name, id: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            }
        }
        throw PostgresError(
            .sandboxFailed, "A sandbox cannot run as root, and this machine has neither the user nobody nor postgres.",
            hint: "Run as another user than root, or create the user postgres.")
    }

    /// Runs `program` as this user, for good: neither it nor what it starts can gain rights again.
    ///
    /// Through a program of the system, because a process with several threads cannot change the user of a child between fork and
    /// exec: the C library would wait there for threads that the child does not have.
    func command(_ program: FilePath, _ arguments: [String]) throws(PostgresError) -> (FilePath, [String]) {
        let folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]
        guard let setpriv = folders.map({ FilePath($0).appending("setpriv") }).first(where: { access($0.string, X_OK) == 0 })
        else {
            throw PostgresError(
                .sandboxFailed,
                "A sandbox cannot run as root, and the program setpriv, which gives up root's rights, is missing.",
                hint: "Install util-linux, or run as another user than root.")
        }
        let rights = ["--reuid=\(id)", "--regid=\(group)", "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--"]
        return (setpriv, rights + [program.string] + arguments)
    }

    /// The first folder on the way to `path` that this user may not enter, judged by the rights of others.
    func obstacle(to path: FilePath) -> FilePath? {
        var folder = FilePath("/")
        for component in path.components {
            folder.append(component)
            var status = stat()
            guard stat(folder.string, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
            if status.st_uid != id, status.st_mode & S_IXOTH == 0 { return folder }
        }
        return nil
    }
}
