internal import Glibc
internal import Vault

/// Goes through a tree in the order in which a snapshot lists it: by the bytes of the whole paths. Holds one folder's names a
/// level, and no path is ever resolved twice: each folder is opened from the one above it.
struct TreeWalk {
    /// What the walk meets.
    struct Visit {
        let folder: OpenFolder
        let name: [UInt8]
        /// From the root on, as they are.
        let path: [UInt8]
        /// As the entry list has it.
        let entry: [UInt8]
        let status: FileStatus
    }

    private struct Item {
        let name: [UInt8]
        /// By which it is sorted: what lies in a folder comes behind the folder's name and a slash.
        let key: [UInt8]
        let isDescent: Bool
    }

    private struct Level {
        let folder: OpenFolder
        let path: [UInt8]
        let entry: [UInt8]
        var items: ArraySlice<Item>
    }

    private let rules: IgnoreRules
    private let avoided: [FileStatus]
    private(set) var excluded: Int64 = 0
    private var levels: [Level] = []
    /// Folders open on the way down; each level holds one.
    private let deepest: Int

    init(root: OpenFolder, rules: IgnoreRules, avoided: [FileStatus], deepest: Int) {
        self.rules = rules
        self.avoided = avoided
        self.deepest = deepest
        levels = [Level(folder: root, path: [], entry: Array(FilesManifest.root.utf8), items: [])]
    }

    /// - Parameter problem: takes what cannot be listed or looked at: the entry's path and the error number.
    mutating func run(_ visit: (Visit) throws -> Void, problem: ([UInt8], Int32) throws -> Void) throws {
        guard let items = self.items(of: levels[0].folder, []) else { return try problem(levels[0].entry, errno) }
        levels[0].items = items[...]
        while let level = levels.last {
            guard let item = level.items.first else {
                levels.removeLast()
                continue
            }
            levels[levels.count - 1].items.removeFirst()
            let path = level.path.isEmpty ? item.name : level.path + [UInt8(ascii: "/")] + item.name
            let entry = level.entry + [UInt8(ascii: "/")] + RawText.escaped(item.name)
            if item.isDescent {
                guard levels.count < deepest else {
                    try problem(entry, EMFILE)
                    continue
                }
                guard let folder = level.folder.folder(item.name), let items = self.items(of: folder, path) else {
                    try problem(entry, errno)
                    continue
                }
                // The folder that was looked at a moment ago may be another by now.
                if let status = FileStatus.of(folder.descriptor), avoided.contains(where: status.isSameFile) { continue }
                levels.append(Level(folder: folder, path: path, entry: entry, items: items[...]))
            } else {
                guard let status = FileStatus.at(level.folder.descriptor, item.name) else {
                    try problem(entry, errno)
                    continue
                }
                try visit(Visit(folder: level.folder, name: item.name, path: path, entry: entry, status: status))
            }
        }
    }

    /// What a folder holds and is not left out, in order.
    private mutating func items(of folder: OpenFolder, _ path: [UInt8]) -> [Item]? {
        guard let names = folder.names() else { return nil }
        var items: [Item] = []
        items.reserveCapacity(names.count)
        for found in names {
            let isFolder = found.isFolder ?? (FileStatus.at(folder.descriptor, found.name)?.kind == .directory)
            if !rules.isEmpty {
                let whole = path.isEmpty ? found.name : path + [UInt8(ascii: "/")] + found.name
                if rules.leaveOut(whole, isFolder: isFolder) {
                    excluded += 1
                    continue
                }
            }
            let key = RawText.escaped(found.name)
            items.append(Item(name: found.name, key: key, isDescent: false))
            if isFolder { items.append(Item(name: found.name, key: key + [UInt8(ascii: "/")], isDescent: true)) }
        }
        items.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return items
    }
}
