import Assets
import Foundation
import Language
import Reporting
import Vault

/// What a check has found, and a repair done, for people.
struct CheckPage {
    let timezone: TimeZone
    /// As `--vault` said.
    let vault: String?
    let console: Console

    private var figures: Figures { console.figures }

    /// Entries of a snapshot that are named, and snapshots of an asset whose entries are.
    private static let namedEntries = 20
    private static let namedSnapshots = 1

    func show(_ report: CheckReport) {
        console.print(
            "\(count: report.snapshots) {snapshot|snapshots}, \(count: report.records) {record|records} and \(count: report.packs) {pack|packs} (\(figures.bytes(report.packBytes))) are listed."
                as Phrase)
        if report.packsRead > 0 {
            let how: Phrase =
                report.chunksWereOpened
                ? "hashed, opened and compared with their names" : "hashed (no reader key here to open them)"
            console.print(
                "\(count: report.packsRead) {pack|packs} (\(figures.bytes(report.bytesRead))) {was|were} read: \(how)." as Phrase)
        }
        if report.unlistedPacks > 0, !report.canBeRepaired {
            console.print(
                "\(count: report.unlistedPacks) {pack is|packs are} left over from backups that were cut off: no damage."
                    as Phrase)
        }
        if report.condemnedPacks > 0 {
            console.print(
                "\(count: report.condemnedPacks) {pack was|packs were} put aside: the next prune deletes {it|them} when nothing needs {it|them}."
                    as Phrase)
        }
        if let protected = report.protectedPacks {
            let whole = report.packs - report.unlistedPacks - report.condemnedPacks
            console.print("Parity protects \(count: protected) of \(count: whole) packs." as Phrase)
        }
        if report.revokedSnapshots > 0 {
            console.print(
                "\(count: report.revokedSnapshots) {snapshot was|snapshots were} signed with a key after it was revoked, and {does|do} not count."
                    as Phrase)
        }
        showLogs(report)
        showProblems(report)
        if !report.notSealed.isEmpty {
            console.warn(
                "\(count: report.notSealed.count) {pack or snapshot is|packs and snapshots are} not sealed to this key: whether {it opens|they open} was not looked at. «reprise key grant» opens everything to its holder."
            )
        }
        let verdict: Phrase = report.problems.isEmpty ? "Nothing is wrong." : "Problems: \(count: report.problems.count)."
        console.print(verdict)
    }

    private func showLogs(_ report: CheckReport) {
        for log in report.logs {
            let holder = Printable.text(log.holder)
            if log.isWhole {
                console.print(
                    "Log of \(holder): \(count: log.snapshots) {snapshot|snapshots} and \(count: log.records) {record|records}, each behind the ones before."
                        as Phrase)
            } else if log.isRolledBack {
                console.print(
                    "Log of \(holder): rolled back; its \(count: log.vanished.count) newest {entry|entries} that this host has seen {is|are} gone."
                        as Phrase)
            } else {
                console.print(
                    "Log of \(holder): \(count: log.vanished.count) {entry|entries} that this host has seen {is|are} gone, \(count: log.replaced.count) replaced."
                        as Phrase)
            }
        }
    }

    private func showProblems(_ report: CheckReport) {
        for problem in report.problems {
            let message = problem.message.rendered(in: console.language)
            // Some say themselves what they are about.
            let isNamed = message.hasPrefix(problem.object)
            console.print(
                console.style.red("✗ " + problem.object)
                    + (isNamed ? String(message.dropFirst(problem.object.count)) : ": " + message))
            if problem.snapshots.contains(where: { !problem.object.hasSuffix($0.text) }) {
                console.print("  It touches the snapshots \(problem.snapshots.map(\.text).joined(separator: ", "))." as Phrase)
            }
        }
        showTouched(report.touched)
    }

    func showNothingToRepair() {
        console.print("There is nothing that a repair could do." as Phrase)
    }

    /// - Parameter canRead: whether the key opens packs.
    func show(_ repair: RepairReport, canRead: Bool) {
        console.print("")
        if repair.indexed.packs > 0 {
            console.print(
                "\(count: repair.indexed.packs) {pack|packs} (\(figures.bytes(repair.indexed.bytes))) {was|were} named in the index again."
                    as Phrase)
        }
        if repair.recovered.packs > 0 {
            console.print(
                "\(count: repair.recovered.packs) {pack|packs} (\(figures.bytes(repair.recovered.bytes))) came back whole by parity."
                    as Phrase)
        }
        if let parity = repair.parity, parity.added.packs > 0 {
            console.print("Parity for \(count: parity.added.packs) {pack|packs} was written anew." as Phrase)
        }
        if repair.segmentsRemoved > 0 {
            console.print(
                "\(count: repair.segmentsRemoved) unreadable {part of the index was|parts of the index were} removed." as Phrase)
        }
        if repair.lost.packs > 0 {
            console.print(
                "\(count: repair.lost.packs) {pack that is gone|packs that are gone} (\(figures.bytes(repair.lost.bytes))) {was|were} taken out of the index."
                    as Phrase)
        }
        if repair.putAside.packs > 0 {
            console.print(
                "\(count: repair.putAside.packs) damaged {pack|packs} (\(figures.bytes(repair.putAside.bytes))) {was|were} put aside."
                    as Phrase)
        }
        if repair.chunksSaved > 0 || repair.chunksLost > 0 {
            console.print(
                "Good chunks copied from damaged packs: \(count: repair.chunksSaved) (\(figures.bytes(repair.copied.bytes))). Chunks that could not be saved: \(count: repair.chunksLost)."
                    as Phrase)
        }
        if repair.chunksFetched > 0 {
            console.print("Chunks that came from another copy of the vault: \(count: repair.chunksFetched)." as Phrase)
        }
        if repair.objectsFetched > 0 {
            console.print(
                "Snapshots and records that came from another copy of the vault: \(count: repair.objectsFetched)."
                    as Phrase)
        }
        for name in repair.givenUp { console.print("\(name) was given up." as Phrase) }
        for copy in repair.unasked {
            console.warn("The copy at \(copy.location) could not be asked: \(copy.reason.message)")
        }
        if repair.listsRewritten > 0 {
            console.print(
                "\(count: repair.listsRewritten) {list for keepers was|lists for keepers were} written again from what {its snapshot holds|their snapshots hold}."
                    as Phrase)
        }
        if repair.broughtBack > 0 {
            console.print(
                "\(count: repair.broughtBack) {object that was deleted or overwritten came|objects that were deleted or overwritten came} back from older versions. Change the credentials that could do that."
                    as Phrase)
        }
        if repair.vanishedNoted > 0 {
            console.print(
                "\(count: repair.vanishedNoted) {entry|entries} of the logs that {is|are} gone {was|were} noted: that brings nothing back, and later checks do not name {it|them}."
                    as Phrase)
        }
        for name in repair.beyondParity {
            console.warn("Parity cannot bring \(name) back: more than two objects of its group are gone or damaged.")
        }
        for name in repair.unopened {
            if canRead {
                console.warn(
                    "\(name) holds chunks that this key does not open: they are left where they are. The recovery key may open them."
                )
            } else {
                console.warn(
                    "\(name) cannot be looked into without a reader key: what is good in it is left where it is. Run this again with one, or with the recovery key."
                )
            }
        }
        for name in repair.leftForLater {
            console.warn(
                "\(name) stays in the index: a prune has put aside what was saved of it. Run this again when that prune has ended."
            )
        }
        for name in repair.unsteady {
            console.warn(
                "\(name) was damaged or missing when it was read first, and is not now. Look after the disk and the machine's memory."
            )
        }
    }

    /// What a repair could not put right.
    func showLeft(_ report: CheckReport) {
        if report.problems.isEmpty { return console.print("Nothing is wrong any more." as Phrase) }
        console.print("")
        console.print("What is still wrong:" as Phrase)
        showProblems(report)
    }

    /// What to do next.
    func next(after report: CheckReport) {
        if report.lacksObjects {
            console.say(
                "A repair fetches what cannot be read from another copy of the vault. What none has can be given up by its name: «reprise check --repair --give-up OBJECT». A snapshot is let go by that. Before you give up what stands under condemned/, make sure that no prune and no repair is at work on any machine, not a suspended one either."
            )
        }
        if report.canBeRepaired {
            if !report.problems.isEmpty {
                console.next(
                    "reprise check --repair", "saves what is good, and lets the next backup store again what is not",
                    vault: vault)
            }
        } else if !report.touched.isEmpty {
            console.say(
                "The next backup stores again what its source still has; older snapshots that share it are whole then too. What does not come back is lost: «reprise prune --forget ID» lets a snapshot go."
            )
            console.next("reprise backup", "stores again what the source still has", vault: vault)
        }
    }

    // MARK: - What is touched

    private func showTouched(_ touched: [TouchedSnapshot]) {
        guard !touched.isEmpty else { return }
        console.print("What cannot be read:" as Phrase)
        var shown: [String: Int] = [:]
        for item in touched.reversed() {
            let snapshot = item.snapshot
            let instant = figures.instant(snapshot.instant, in: timezone)
            if item.isListHarmed, item.entryCount == 0 {
                console.print(
                    "  \(snapshot.id) of \(snapshot.asset), \(instant): the list of what it holds, and with it the way to all that it names."
                        as Phrase)
                continue
            }
            console.print(
                "  \(snapshot.id) of \(snapshot.asset), \(instant): \(count: item.entryCount) of \(count: snapshot.entryCount) {entry|entries}, \(figures.bytes(item.lostBytes)) of \(figures.bytes(snapshot.sourceBytes))."
                    as Phrase)
            if item.isListHarmed {
                console.print("    Part of its list of entries is lost too, and with it the way to what that names." as Phrase)
            }
            shown[snapshot.asset, default: 0] += 1
            guard shown[snapshot.asset] ?? 0 <= Self.namedSnapshots else { continue }
            for entry in item.entries.prefix(Self.namedEntries) {
                console.print(
                    "    \(Self.name(entry.path, of: snapshot)): \(figures.bytes(entry.lost)) of \(figures.bytes(entry.size))"
                        as Phrase)
            }
            if item.entryCount > Self.namedEntries {
                console.print(
                    "    … and \(count: item.entryCount - Self.namedEntries) more (--json names them)" as Phrase)
            }
        }
    }

    /// The file, or the table, as people know it.
    static func name(_ path: String, of snapshot: SnapshotRecord) -> Phrase {
        if snapshot.kind == FilesCapture.kind {
            let root = FilesManifest.root + "/"
            return Phrase(verbatim: Printable.text(path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path))
        }
        if let table = TableName(rowsPath: path) { return "table \(Printable.text(table.description))" }
        return Phrase(verbatim: Printable.text(path))
    }
}
