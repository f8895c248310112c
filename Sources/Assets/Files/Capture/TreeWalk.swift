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

    enum Step {
        case visit(Visit)
        /// What cannot be listed or looked at: the entry's path and the error number.
        case problem([UInt8], Int32)
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
    /// Gets the path of each folder in which something is left out, raw.
    var leavesOut: ([UInt8]) -> Void = { _ in }
    private var isBegun = false
    private var levels: [Level] = []
    /// Folders open on the way down; each level holds one.
    private let deepest: Int

    init(root: OpenFolder, rules: IgnoreRules, avoided: [FileStatus], deepest: Int) {
        self.rules = rules
        self.avoided = avoided
        self.deepest = deepest
        levels = [Level(folder: root, path: [], entry: Array(FilesManifest.root.utf8), items: [])]
    }

    /// What comes next; nil at the end.
    mutating func next() -> Step? {
        if !isBegun {
            isBegun = true
            guard let items = self.items(of: levels[0].folder, []) else {
                let entry = levels[0].entry
                levels = []
                return .problem(entry, errno)
            }
            levels[0].items = items[...]
        }
        while let level = levels.last {
            guard let item = level.items.first else {
                levels.removeLast()
                continue
            }
            levels[levels.count - 1].items.removeFirst()
            let path = level.path.isEmpty ? item.name : level.path + [UInt8(ascii: "/")] + item.name
            let entry = level.entry + [UInt8(ascii: "/")] + RawText.escaped(item.name)
            guard item.isDescent else {
                guard let status = FileStatus.at(level.folder.descriptor, item.name) else { return .problem(entry, errno) }
                return .visit(Visit(folder: level.folder, name: item.name, path: path, entry: entry, status: status))
            }
            guard levels.count < deepest else { return .problem(entry, EMFILE) }
            guard let folder = level.folder.folder(item.name), let items = self.items(of: folder, path) else {
                return .problem(entry, errno)
            }
            // The folder that was looked at a moment ago may be another by now.
            if let status = FileStatus.of(folder.descriptor), avoided.contains(where: status.isSameFile) {
                leavesOut(path)
                continue
            }
            levels.append(Level(folder: folder, path: path, entry: entry, items: items[...]))
        }
        return nil
    }

    /// What a folder holds and is not left out, in order.
    private mutating func items(of folder: OpenFolder, _ path: [UInt8]) -> [Item]? {
        guard let names = folder.names() else { return nil }
        var items: [Item] = []
        items.reserveCapacity(names.count)
        var leavesOutSome = false
        for found in names {
            let isFolder = found.isFolder ?? (FileStatus.at(folder.descriptor, found.name)?.kind == .directory)
            if !rules.isEmpty {
                let whole = path.isEmpty ? found.name : path + [UInt8(ascii: "/")] + found.name
                if rules.leaveOut(whole, isFolder: isFolder) {
                    excluded += 1
                    leavesOutSome = true
                    continue
                }
            }
            let key = RawText.escaped(found.name)
            items.append(Item(name: found.name, key: key, isDescent: false))
            if isFolder { items.append(Item(name: found.name, key: key + [UInt8(ascii: "/")], isDescent: true)) }
        }
        if leavesOutSome { leavesOut(path) }
        items.sort { $0.key.lexicographicallyPrecedes($1.key) }
        return items
    }
}
