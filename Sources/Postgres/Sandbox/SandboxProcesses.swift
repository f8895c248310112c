internal import Foundation
internal import SystemPackage

/// The processes of a sandbox: those whose working folder is inside its own.
struct SandboxProcesses {
    private let folder: SandboxFolder
    /// As the system names it, without symbolic links.
    private let root: String

    init(_ folder: SandboxFolder) {
        self.folder = folder
        let real = realpath(folder.path.string, nil)
        defer { free(real) }
        root = real.map { String(cString: $0) } ?? folder.path.string
    }

    /// Ends them all, the server first and in order, so that it takes its shared memory with it. Blocks for some seconds at
    /// worst.
    func end() {
        let notes = serverNotes()
        if let server = notes.process, isInside(server) {
            // An immediate shutdown: nothing of a sandbox is worth writing down.
            kill(server, SIGQUIT)
            waitUntil(seconds: 15) { !isInside(server) }
        }
        for process in inside() { kill(process, SIGKILL) }
        waitUntil(seconds: 5) { inside().isEmpty }
        if let segment = notes.sharedMemory { removeSharedMemory(segment) }
    }

    /// The server's process and shared memory segment, as it writes them down in its data folder.
    private func serverNotes() -> (process: pid_t?, sharedMemory: Int32?) {
        guard let text = try? String(contentsOfFile: folder.data.appending("postmaster.pid").string, encoding: .utf8) else {
            return (nil, nil)
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let process = lines.first.flatMap { pid_t($0) }.map(abs)
        // Line 7: key and id.
        let segment = lines.count > 6 ? lines[6].split(separator: " ").last.flatMap { Int32($0) } : nil
        return (process, segment)
    }

    /// A server that was killed leaves its segment behind. One in use, or of another user than the data's, is not touched: the
    /// number comes from a file that the server could write.
    private func removeSharedMemory(_ segment: Int32) {
        var status = shmid_ds()
        var data = stat()
        guard stat(folder.data.string, &data) == 0, shmctl(segment, IPC_STAT, &status) == 0, status.shm_nattch == 0,
            status.shm_perm.uid == data.st_uid
        else { return }
        shmctl(segment, IPC_RMID, nil)
    }

    private func inside() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter(isInside)
    }

    private func isInside(_ process: pid_t) -> Bool {
        #if os(Linux)
            guard let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd") else {
                return false
            }
            return place == root || place.hasPrefix(root + "/")
        #else
            return kill(process, 0) == 0
        #endif
    }

    /// Looks at the condition every 10 ms: the system tells nobody but the parent when a process ends.
    private func waitUntil(seconds: Int, _ isDone: () -> Bool) {
        let end = ContinuousClock.now + .seconds(seconds)
        while !isDone(), ContinuousClock.now < end { usleep(10_000) }
    }
}
