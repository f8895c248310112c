internal import Glibc

/// Removes a folder with everything below it, whatever rights and names it has. Follows no link, and never leaves the folder.
public enum FilesRemoval {
    public static func remove(_ path: String) {
        if let root = OpenFolder.root(path) { empty(root) }
        rmdir(path)
    }

    private static func empty(_ top: OpenFolder) {
        // Depth by hand: a tree may be deeper than a thread's stack.
        var levels: [(folder: OpenFolder, name: [UInt8], rest: ArraySlice<OpenFolder.Item>)] = [(top, [], listed(top))]
        while let level = levels.last {
            guard let item = level.rest.first else {
                levels.removeLast()
                if let above = levels.last {
                    _ = withPath(level.name) { unlinkat(above.folder.descriptor, $0, AT_REMOVEDIR) }
                }
                continue
            }
            levels[levels.count - 1].rest.removeFirst()
            if withPath(item.name, { unlinkat(level.folder.descriptor, $0, 0) }) == 0 { continue }
            var folder = level.folder.folder(item.name)
            if folder == nil {
                _ = withPath(item.name) { fchmodat(level.folder.descriptor, $0, 0o700, 0) }
                folder = level.folder.folder(item.name)
            }
            if let folder { levels.append((folder, item.name, listed(folder))) }
        }
    }

    private static func listed(_ folder: OpenFolder) -> ArraySlice<OpenFolder.Item> {
        fchmod(folder.descriptor, 0o700)
        return (folder.names() ?? [])[...]
    }
}
