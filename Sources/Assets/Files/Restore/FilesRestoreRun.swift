internal import Foundation
internal import Language
internal import Synchronization
internal import Vault

/// One restore of a tree. First everything but hard links and the facts of folders, in windows of entries whose chunks are read
/// in the order of the packs; then the links; then what is to go goes; then the folders, whose times everything before would
/// change.
///
/// `@unchecked Sendable`: what several threads change is in `state`; the rest is one task's.
final class FilesRestoreRun: @unchecked Sendable {
    let tree: TargetTree
    private let snapshot: SnapshotReader
    private let options: FilesRestoreOptions
    private let selection: FilesSelection
    private let progress: @Sendable (FilesRestoreProgress) -> Void
    private let applying = FactsApplying.shared
    private let rememberedLacking: Int

    private struct State {
        var files: [Int: RestoredFile] = [:]
        var report = FilesRestoreReport()
        var now = FilesRestoreProgress()
        var hasLinks = false
        /// Names of files whose first name was not asked for: they get the bytes themselves.
        var orphans: [(Entry, same: String)] = []
        /// Folders above what was asked for, made because they were missing.
        var made: Set<[UInt8]> = []
        /// Folders that their owner may not enter or write.
        var closed: [(raw: [UInt8], facts: FileFacts, path: String)] = []
        var root: FileFacts?
        /// What could not be put in its place, by its entry's path: no other name of it must come to be what stands there. Nil
        /// where that is too much to be remembered: then what stands there is looked at.
        var lacking: Set<String>? = []
        /// Every folder of the snapshot; nil where they are too many to be remembered.
        var folders: [Entry]? = []
        /// Whether every entry was looked at.
        var isListed = false
        var lastTold = ContinuousClock.now
    }
    private let state = Mutex(State())

    /// From this size on a file that is there is changed where it differs instead of being written anew, bytes.
    private static let largeEnough: Int64 = 1 << 20
    /// Seconds by which a time may be another one because a file system keeps it no finer.
    private static let coarsestTime: ClosedRange<Int64> = -2...2
    /// Beyond, the list is read once more for the folders.
    private static let rememberedFolders = 1 << 16
    /// What is read together: of a store near by little, so that the reading begins soon…
    private static let nearWindow = (entries: 2048, bytes: Int64(256 << 20))
    /// …of a far one much, so that many requests are under way.
    private static let farWindow = (entries: 16_384, bytes: Int64(1 << 30))

    /// Something stands in a place that is not in place to be taken.
    private struct Occupied: Error {
        let message: Phrase = "Something else is there by now; --in-place replaces it."
    }

    /// - Parameter rememberedLacking: of what could not be put in its place; of more it is not known by name.
    init(
        snapshot: SnapshotReader, root: OpenFolder, options: FilesRestoreOptions, selection: FilesSelection,
        rememberedLacking: Int = 1 << 16, report: @escaping @Sendable (FilesRestoreProgress) -> Void
    ) {
        tree = TargetTree(root)
        self.snapshot = snapshot
        self.options = options
        self.selection = selection
        self.rememberedLacking = rememberedLacking
        progress = report
        _ = OpenFolder.roomForDescriptors()
    }

    var totals: FilesRestoreReport { state.withLock { $0.report } }

    /// - Parameters:
    ///   - leftovers: whether a restore that was cut off may have left something.
    ///   - rules: what is left alone where the rest is deleted.
    func run(leftovers: Bool, rules: IgnoreRules) async throws -> FilesRestoreProgress {
        let deletes = options.deletion != nil
        if deletes { try await removeExtras(.init(extras: true, onlyInTheWay: true), rules) }
        let isThere: ScatteredRead.IsThere = { [self] target, proof in has(target, proof) }
        let lost: ScatteredRead.Lost = { [self] number, reason in lose(number, reason) }
        let deliver: ScatteredRead.Deliver = { [self] bytes, targets in take(bytes, targets) }
        let scattered = ScatteredRead(
            snapshot, jobs: options.jobs, isThere: options.inPlace ? isThere : nil, lost: lost, deliver: deliver)
        try await scattered.run { turns in try await read(snapshot.entryStream(), scattered, &turns) }
        if state.withLock({ $0.hasLinks }) {
            try await each { entries in
                try await onOwnThread { [self] in
                    Result { for entry in entries { try link(entry) } }
                }.get()
            }
        }
        // Nothing goes while something that should be there is not.
        let isWhole = state.withLock { $0.report.problemCount == 0 }
        if deletes, !isWhole { state.withLock { $0.report.keptExtras = true } }
        let scope = TargetExtras.Scope(extras: deletes && isWhole, drafts: leftovers)
        if scope.extras || scope.drafts { try await removeExtras(scope, rules) }
        if let folders = state.withLock({ $0.folders }) {
            try await onOwnThread { [self] in Result { for folder in folders { try finishFolder(folder) } } }.get()
        } else {
            try await each { entries in
                try await onOwnThread { [self] in Result { for entry in entries { try finishFolder(entry) } } }.get()
            }
        }
        await onOwnThread { [self] in
            for folder in state.withLock({ $0.closed }).reversed() { apply(folder.facts, folder.raw, folder.path) }
        }
        return state.withLock { $0.now }
    }

    /// Takes away what the snapshot does not have.
    private func removeExtras(_ scope: TargetExtras.Scope, _ rules: IgnoreRules) async throws {
        let extras = TargetExtras(
            tree, scope, isDry: false, selection: selection, rules: rules,
            avoided: FileStatus.at(options.deletion?.avoided ?? []))
        try await each { entries in await onOwnThread { extras.take(entries) } }
        await onOwnThread { extras.finish() }
        state.withLock { $0.report.deleted += scope.extras ? extras.count : 0 }
        for problem in extras.problems { note(problem.path, problem.message) }
    }

    /// The root's own facts, last of all. Where they were not asked for it gets back the time it had.
    func finishRoot(_ before: FileFacts.Time) async throws {
        guard let facts = state.withLock({ $0.root }) else {
            return await onOwnThread { [self] in FactsApplying.setTime(before, of: tree.root.descriptor) }
        }
        await onOwnThread { [self] in
            for failure in applying.apply(facts, to: tree.root.descriptor) { note(".", failure) }
        }
    }

    private func each(_ body: ([Entry]) async throws -> Void) async throws {
        let stream = snapshot.entryStream()
        while let entries = try await stream.next() {
            try Task.checkCancellation()
            try await body(entries)
        }
    }

    /// Prepares the next entries, as many as are read together, and names those whose bytes are wanted.
    private func prepare(
        _ stream: EntryStream, from number: Int, isFar: Bool
    ) async throws -> (wanted: [(Entry, Int)], next: Int) {
        var wanted: [(Entry, Int)] = []
        var number = number
        var bytes: Int64 = 0
        let limits = isFar ? Self.farWindow : Self.nearWindow
        while wanted.count < limits.entries, bytes < limits.bytes {
            try Task.checkCancellation()
            guard let entries = try await stream.next() else {
                state.withLock { $0.isListed = true }
                break
            }
            let first = number
            let found = try await onOwnThread { [self] in
                Result { try entries.enumerated().compactMap { try prepare($0.element, number: first + $0.offset) } }
            }.get()
            wanted += found
            bytes += found.reduce(0) { $0 + $1.0.size }
            number += entries.count
            remember(entries.filter { $0.file?.kind == .directory })
        }
        return (wanted, number)
    }

    /// Reads the bytes of everything that is wanted.
    private func read(_ stream: EntryStream, _ scattered: ScatteredRead, _ turns: inout ScatteredRead.Turns) async throws {
        var number = 0
        var ready: [(Entry, Int)] = []
        repeat {
            let first = number
            // The next entries are looked for while the bytes of these are read.
            async let following = prepare(stream, from: first, isFar: scattered.isFar)
            try await scattered.add(ready, &turns)
            if !scattered.isFar { try await scattered.begin(&turns) }
            (ready, number) = try await following
        } while !ready.isEmpty || !state.withLock({ $0.isListed })
        for (link, same) in state.withLock({ $0.orphans }) {
            guard let first = try await snapshot.entry(same) else {
                lack(link.path, systemMessage(ENOENT))
                continue
            }
            let whole = link.holding(first)
            let wanted = try await onOwnThread { [self, number] in Result { try prepare(whole, number: number) } }.get()
            if let wanted { try await scattered.add([wanted], &turns) }
            number += 1
        }
    }

    private func remember(_ folders: [Entry]) {
        state.withLock { state in
            state.folders?.append(contentsOf: folders)
            if let count = state.folders?.count, count > Self.rememberedFolders { state.folders = nil }
        }
    }

    // MARK: - Each entry, on a thread that may block

    /// Puts back what has no bytes, and decides about what has. Gives the entry where its bytes are wanted.
    private func prepare(_ entry: Entry, number: Int) throws -> (Entry, Int)? {
        guard let (raw, facts) = try FilesRestore.file(entry, selection) else { return nil }
        state.withLock { $0.now.entries += 1 }
        guard !raw.isEmpty else {
            state.withLock { $0.root = facts }
            return nil
        }
        if !applying.isRoot, facts.uid != geteuid() { state.withLock { $0.report.ownersLeft = true } }
        do {
            let (above, name) = TargetTree.split(raw[...])
            if !selection.isEverything { try makeAbove(above) }
            if facts.kind == .directory {
                _ = try tree.makeFolder(raw[...], replaces: options.inPlace)
                state.withLock { $0.report.folders += 1 }
                return nil
            }
            let folder = try tree.folder(above)
            let status = FileStatus.at(folder.descriptor, Array(name))
            if let same = facts.same {
                let first = Array(same.utf8.dropFirst(FilesManifest.root.utf8.count + 1))
                let isAsked = selection.has(first, isFolder: false)
                state.withLock { state in
                    if isAsked { state.hasLinks = true } else { state.orphans.append((entry, same)) }
                }
                return nil
            }
            if facts.kind != .file {
                try makeSpecial(facts, Array(name), in: folder, there: status)
                return nil
            }
            return try prepareFile(entry, facts, raw, folder, Array(name), status, number)
        } catch let failure as TargetTree.Failure {
            lack(entry.path, systemMessage(failure.number))
        } catch let failure as RestoredFile.Failure {
            note(entry.path, failure)
        } catch let failure as Occupied {
            lack(entry.path, failure.message)
        }
        return nil
    }

    /// Whether what is there may be replaced. In place it may. Else the target was empty when the restore was begun, and what it
    /// has written itself is there with its size and its time, as finely as the file system keeps times: what differs more
    /// somebody has changed since. A folder gives way to nothing, and needs no word of ours.
    private func givesWay(_ status: FileStatus?, to facts: FileFacts, size: Int64) -> Bool {
        guard !options.inPlace, let status, status.kind != .directory else { return true }
        return status.kind == facts.kind && (facts.kind != .file || status.size == size)
            && Self.coarsestTime.contains(status.modified.seconds &- facts.modified.seconds)
    }

    private func prepareFile(
        _ entry: Entry, _ facts: FileFacts, _ raw: [UInt8], _ folder: OpenFolder, _ name: [UInt8], _ status: FileStatus?,
        _ number: Int
    ) throws -> (Entry, Int)? {
        if let status, status.isTaken(for: facts, size: entry.size), !options.comparesContents || entry.size == 0 {
            try correct(facts, name, folder, status)
            state.withLock {
                $0.report.equal += 1
                $0.now.bytes += entry.size
            }
            return nil
        }
        guard givesWay(status, to: facts, size: entry.size) else { throw Occupied() }
        if let status, status.kind == .directory {
            // An empty folder may give way; one that holds something is more than a file is worth.
            guard options.inPlace, withPath(name, { unlinkat(folder.descriptor, $0, AT_REMOVEDIR) }) == 0 else {
                throw TargetTree.Failure(EISDIR)
            }
        }
        // A file with other names is written anew: those may belong to something else.
        let isInPlace =
            options.inPlace && status?.kind == .file && status?.links == 1
            && (options.comparesContents || (entry.size >= Self.largeEnough && (status?.size ?? 0) > 0))
        let file = RestoredFile(entry, facts, raw: raw, number: number, isInPlace: isInPlace, in: tree)
        if entry.size == 0 {
            try file.makeEmpty()
            state.withLock { $0.report.written += 1 }
            return nil
        }
        state.withLock { $0.files[number] = file }
        return (entry, number)
    }

    /// A file that is there with its bytes gets back the facts that it has lost.
    private func correct(_ facts: FileFacts, _ name: [UInt8], _ folder: OpenFolder, _ status: FileStatus) throws {
        let file = folder.file(name)
        guard file >= 0 else {
            if !applying.isApplied(facts, status, attributes: facts.attributes) {
                for failure in applying.apply(facts, toName: name, in: folder) {
                    throw RestoredFile.Failure(message: failure, isPlaced: true)
                }
            }
            return
        }
        defer { close(file) }
        guard !applying.isApplied(facts, status, attributes: ExtendedAttributes.of(file)) else { return }
        if let failure = applying.apply(facts, to: file).first {
            throw RestoredFile.Failure(message: failure, isPlaced: true)
        }
    }

    /// A symbolic link, a pipe, a socket or a device.
    private func makeSpecial(_ facts: FileFacts, _ name: [UInt8], in folder: OpenFolder, there status: FileStatus?) throws {
        if let status, status.isTaken(for: facts, size: 0), facts.target == nil || folder.target(of: name) == facts.target {
            state.withLock { $0.report.equal += 1 }
            for failure in applying.apply(facts, toName: name, in: folder) {
                throw RestoredFile.Failure(message: failure, isPlaced: true)
            }
            return
        }
        guard givesWay(status, to: facts, size: 0) || (facts.target != nil && folder.target(of: name) == facts.target) else {
            throw Occupied()
        }
        let draft = RestoredFile.draftPrefix + Array(String(UInt64.random(in: 0 ... .max)).utf8)
        let status = withPath(draft) { path in
            switch facts.kind {
            case .symlink: withPath(facts.target ?? []) { symlinkat($0, folder.descriptor, path) }
            case .fifo: mkfifoat(folder.descriptor, path, 0o600)
            case .socket: mknodat(folder.descriptor, path, S_IFSOCK | 0o600, 0)
            case .character: mknodat(folder.descriptor, path, S_IFCHR | 0o600, Self.number(facts.device))
            case .block: mknodat(folder.descriptor, path, S_IFBLK | 0o600, Self.number(facts.device))
            case .file, .directory: Int32(-1)
            }
        }
        guard status == 0 else { throw TargetTree.Failure() }
        let failures = applying.apply(facts, toName: draft, in: folder)
        try place(draft, as: name, in: folder)
        state.withLock { $0.report.links += facts.kind == .symlink ? 1 : 0 }
        if let failure = failures.first { throw RestoredFile.Failure(message: failure, isPlaced: true) }
    }

    private func place(_ draft: [UInt8], as name: [UInt8], in folder: OpenFolder) throws {
        func rename() -> Bool {
            withPath(draft) { from in
                withPath(name) { to in renameat(folder.descriptor, from, folder.descriptor, to) == 0 }
            }
        }
        if rename() { return }
        // An empty folder may give way; one that holds something is more than this is worth.
        if errno == EISDIR, options.inPlace, withPath(name, { unlinkat(folder.descriptor, $0, AT_REMOVEDIR) }) == 0, rename() {
            return
        }
        let failure = TargetTree.Failure()
        _ = withPath(draft) { unlinkat(folder.descriptor, $0, 0) }
        throw failure
    }

    private static func number(_ device: FileFacts.Device?) -> dev_t {
        let (major, minor) = (UInt64(device?.major ?? 0), UInt64(device?.minor ?? 0))
        return dev_t((major & 0xfff) << 8 | (major & 0xffff_f000) << 32 | (minor & 0xff) | (minor & 0xffff_ff00) << 12)
    }

    /// Makes the folders above what was asked for, where they are missing.
    private func makeAbove(_ path: ArraySlice<UInt8>) throws {
        guard !path.isEmpty else { return }
        if (try? tree.folder(path)) != nil { return }
        try makeAbove(TargetTree.split(path).folder)
        if try tree.makeFolder(path, replaces: options.inPlace).isNew { state.withLock { _ = $0.made.insert(Array(path)) } }
    }

    // MARK: - Bytes, on several threads

    private func has(_ target: ScatteredRead.Target, _ proof: ScatteredRead.Proof) -> Bool {
        guard let file = state.withLock({ $0.files[target.entry] }), file.has(target, proof) else { return false }
        settle(file, target) { try file.skip(Int64(target.size)) }
        return true
    }

    private func take(_ bytes: UnsafeRawBufferPointer, _ targets: [ScatteredRead.Target]) {
        for target in targets {
            guard let file = state.withLock({ $0.files[target.entry] }) else { continue }
            settle(file, target) { try file.take(bytes, at: target.offset) }
        }
    }

    private func settle(_ file: RestoredFile, _ target: ScatteredRead.Target, _ work: () throws -> Bool) {
        do {
            let isComplete = try work()
            let now = state.withLock { state -> FilesRestoreProgress? in
                state.now.bytes += Int64(target.size)
                if isComplete {
                    state.files[target.entry] = nil
                    if file.isChanged { state.report.written += 1 } else { state.report.equal += 1 }
                    state.report.bytes += file.written
                }
                guard ContinuousClock.now - state.lastTold > .milliseconds(50) else { return nil }
                state.lastTold = .now
                return state.now
            }
            if let now { progress(now) }
        } catch {
            guard file.fail() else { return }
            state.withLock { $0.files[target.entry] = nil }
            note(file.path, (error as? RestoredFile.Failure) ?? .init(message: String(describing: error)))
        }
    }

    /// A file of which something is damaged in the vault: what stands in its place stays, and the others go on.
    private func lose(_ number: Int, _ reason: VaultError) {
        guard let file = state.withLock({ $0.files[number] }), file.fail() else { return }
        state.withLock { state in
            state.files[number] = nil
            state.report.damaged += 1
            if state.report.damage == nil { state.report.damage = reason }
        }
        lack(file.path, reason.message)
    }

    // MARK: - Links and folders

    private func link(_ entry: Entry) throws {
        guard let (raw, facts) = try FilesRestore.file(entry, selection), let same = facts.same,
            selection.has(Array(same.utf8.dropFirst(FilesManifest.root.utf8.count + 1)), isFolder: false)
        else { return }
        let isLacking = state.withLock { $0.lacking?.contains(same) }
        let withoutFirst: Phrase = "The file of which it is another name could not be put back."
        if isLacking == true { return lack(entry.path, withoutFirst, isFirst: false) }
        do {
            let (above, name) = TargetTree.split(raw[...])
            let folder = try tree.folder(above)
            guard let first = RawText.name(same.utf8.dropFirst(FilesManifest.root.utf8.count + 1)) else {
                throw TargetTree.Failure(EINVAL)
            }
            let (firstAbove, firstName) = TargetTree.split(first[...])
            let firstFolder = try tree.folder(firstAbove)
            guard let source = FileStatus.at(firstFolder.descriptor, Array(firstName)), source.kind == .file else {
                throw TargetTree.Failure(ENOENT)
            }
            // What did not come back has not its time either.
            if isLacking == nil, source.modified != facts.modified { return lack(entry.path, withoutFirst, isFirst: false) }
            let there = FileStatus.at(folder.descriptor, Array(name))
            if let there, there.isSameFile(as: source) {
                state.withLock { $0.report.equal += 1 }
                return
            }
            guard givesWay(there, to: facts, size: source.size) else { throw Occupied() }
            let draft = RestoredFile.draftPrefix + Array(String(UInt64.random(in: 0 ... .max)).utf8)
            let isLinked = withPath(Array(firstName)) { from in
                withPath(draft) { to in linkat(firstFolder.descriptor, from, folder.descriptor, to, 0) == 0 }
            }
            guard isLinked else { throw TargetTree.Failure() }
            try place(draft, as: Array(name), in: folder)
            state.withLock { $0.report.links += 1 }
        } catch let failure as TargetTree.Failure {
            lack(entry.path, Phrase(verbatim: systemMessage(failure.number)), isFirst: false)
        } catch let failure as Occupied {
            lack(entry.path, failure.message, isFirst: false)
        }
    }

    private func finishFolder(_ entry: Entry) throws {
        var wanted = try FilesRestore.file(entry, selection)
        if wanted == nil, !selection.isEverything, entry.file?.kind == .directory,
            let all = try FilesRestore.file(entry, FilesSelection([])), state.withLock({ $0.made.contains(all.raw) })
        {
            wanted = all
        }
        guard let (raw, facts) = wanted, facts.kind == .directory, !raw.isEmpty else { return }
        // What may not be entered is closed once everything in it is done.
        if facts.mode & 0o700 != 0o700 { return state.withLock { $0.closed.append((raw, facts, entry.path)) } }
        apply(facts, raw, entry.path)
    }

    private func apply(_ facts: FileFacts, _ raw: [UInt8], _ path: String) {
        do {
            let folder = try tree.folder(raw[...])
            for failure in applying.apply(facts, to: folder.descriptor) { note(path, failure) }
        } catch {
            note(path, systemMessage(error.number))
        }
    }

    /// What is in its place and not as it was, or stays where it should go; in the system's words.
    private func note(_ path: String, _ message: String) { note(path, Phrase(verbatim: message)) }

    private func note(_ path: String, _ failure: RestoredFile.Failure) {
        if failure.isPlaced { note(path, failure.message) } else { lack(path, failure.message) }
    }

    /// What could not be put in its place.
    private func lack(_ path: String, _ message: String) { lack(path, Phrase(verbatim: message)) }

    /// - Parameter isFirst: whether there may be other names of it.
    private func lack(_ path: String, _ message: Phrase, isFirst: Bool = true) {
        state.withLock { state in
            state.report.isUnfinished = true
            if isFirst { state.lacking?.insert(path) }
            if let count = state.lacking?.count, count > rememberedLacking { state.lacking = nil }
        }
        note(path, message)
    }

    private func note(_ path: String, _ message: Phrase) {
        let root = FilesManifest.root + "/"
        let shown = path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path
        state.withLock { $0.report.add(shown, message) }
    }
}
