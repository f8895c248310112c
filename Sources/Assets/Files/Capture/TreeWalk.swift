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
        /// Of a folder that was listed ahead.
        let attributes: [FileFacts.Attribute]
    }

    enum Step {
        case visit(Visit)
        /// What cannot be listed or looked at: the entry's path and the error number.
        case problem([UInt8], Int32)
    }

    private struct Level {
        let place: FolderScouts.Place
        let entry: [UInt8]
        var next = 0
    }

    private let root: OpenFolder
    private let scouts: FolderScouts
    private let looksAhead: Bool
    private(set) var excluded: Int64 = 0
    /// Gets the path of each folder in which something is left out, raw.
    var leavesOut: ([UInt8]) -> Void = { _ in }
    private var isBegun = false
    private var levels: [Level] = []
    /// Folders open on the way down; each level holds one.
    private let deepest: Int

    /// - Parameter scouts: threads that list folders ahead of the walk. Where there are any, `finish` ends them.
    init(root: OpenFolder, rules: IgnoreRules, avoided: [FileStatus], descriptors: Int, scouts: Int = 0) {
        self.root = root
        self.scouts = FolderScouts(rules: rules, avoided: avoided, scouts: scouts, descriptors: descriptors)
        looksAhead = scouts > 0
        deepest = descriptors / 4
    }

    /// Ends the threads that list ahead.
    func finish() { scouts.stop() }

    /// What comes next; nil at the end.
    mutating func next() -> Step? {
        if !isBegun {
            isBegun = true
            let entry = Array(FilesManifest.root.utf8)
            switch scouts.begin(at: root) {
            case .failed(let number): return .problem(entry, number)
            case .listing(let listing): enter(listing, entry, of: nil, at: 0)
            }
        }
        while let level = levels.last {
            let listing = level.place.listing
            guard level.next < listing.items.count else {
                levels.removeLast()
                scouts.leave(level.place)
                continue
            }
            let item = listing.items[level.next]
            levels[levels.count - 1].next += 1
            let entry = level.entry + [UInt8(ascii: "/")] + RawText.escaped(item.name)
            guard item.isDescent else {
                let found = item.status ?? FileStatus.at(listing.folder.descriptor, item.name)
                guard let status = found else { return .problem(entry, errno) }
                return .visit(
                    Visit(
                        folder: listing.folder, name: item.name, path: listing.path(of: item.name), entry: entry, status: status,
                        attributes: attributes(level.place, level.next, status)))
            }
            guard levels.count < deepest else { return .problem(entry, EMFILE) }
            switch scouts.take(level.place, level.next) {
            case .failed(let number): return .problem(entry, number)
            case .listing(let inner): enter(inner, entry, of: level.place, at: level.next)
            }
        }
        return nil
    }

    private mutating func enter(_ listing: FolderListing, _ entry: [UInt8], of above: FolderScouts.Place?, at index: Int) {
        let place = scouts.enter(listing, of: above, at: index)
        excluded += listing.excluded
        // The folder that was looked at a moment ago may be another by now.
        if listing.isAvoided || listing.excluded > 0 { leavesOut(listing.path) }
        levels.append(Level(place: place, entry: entry))
    }

    private func attributes(_ place: FolderScouts.Place, _ index: Int, _ status: FileStatus) -> [FileFacts.Attribute] {
        guard looksAhead, status.kind == .directory, let descent = place.listing.descent(of: index),
            case .listing(let listing) = scouts.look(place, descent)
        else { return [] }
        return listing.attributes
    }
}
