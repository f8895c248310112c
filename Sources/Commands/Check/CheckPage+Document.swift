import Foundation
import Language
import Vault

/// What a check has found, and a repair done, for programs.
extension CheckPage {
    struct Document: Encodable {
        struct Problem: Encodable {
            let object: String
            let message: String
            let snapshots: [String]

            init(_ problem: CheckReport.Problem) {
                object = problem.object
                message = problem.message.description
                snapshots = problem.snapshots.map(\.text)
            }
        }

        struct Touched: Encodable {
            struct Entry: Encodable {
                let path: String
                let bytes: Int64
                let lostBytes: Int64
            }

            let snapshot: String
            let asset: String
            let instant: Date
            let entryCount: Int
            let lostBytes: Int64
            let listIsHarmed: Bool
            let entries: [Entry]

            init(_ touched: TouchedSnapshot) {
                snapshot = touched.snapshot.id.text
                asset = touched.snapshot.asset
                instant = touched.snapshot.instant
                entryCount = touched.entryCount
                lostBytes = touched.lostBytes
                listIsHarmed = touched.isListHarmed
                entries = touched.entries.map { Entry(path: $0.path, bytes: $0.size, lostBytes: $0.lost) }
            }
        }

        struct Repair: Encodable {
            let found: [Problem]
            let indexed: PackAmount
            let segmentsRemoved: Int
            let lost: PackAmount
            let putAside: PackAmount
            let copied: PackAmount
            let recovered: PackAmount
            let chunksSaved: Int
            let chunksLost: Int
            let chunksMissing: Int
            let chunksFetched: Int
            let objectsFetched: Int
            let givenUp: [String]
            let listsRewritten: Int
            let beyondParity: [String]
            let unopened: [String]
            let leftForLater: [String]
            let unsteady: [String]
            let vanishedNoted: Int
            let broughtBack: Int

            init(_ report: RepairReport, _ before: CheckReport) {
                found = before.problems.map(Problem.init)
                indexed = PackAmount(report.indexed)
                segmentsRemoved = report.segmentsRemoved
                lost = PackAmount(report.lost)
                putAside = PackAmount(report.putAside)
                copied = PackAmount(report.copied)
                recovered = PackAmount(report.recovered)
                chunksSaved = report.chunksSaved
                chunksLost = report.chunksLost
                chunksMissing = report.chunksMissing
                chunksFetched = report.chunksFetched
                objectsFetched = report.objectsFetched
                givenUp = report.givenUp
                listsRewritten = report.listsRewritten
                beyondParity = report.beyondParity
                unopened = report.unopened
                leftForLater = report.leftForLater
                unsteady = report.unsteady
                vanishedNoted = report.vanishedNoted
                broughtBack = report.broughtBack
            }
        }

        struct Log: Encodable {
            let holder: String
            let key: String
            let snapshots: Int
            let records: Int
            let newest: Date?
            let vanished: [String]
            let replaced: [String]
            let rolledBack: Bool

            init(_ log: WriterLog) {
                holder = log.holder
                key = log.key
                snapshots = log.snapshots
                records = log.records
                newest = log.newest
                vanished = log.vanished
                replaced = log.replaced
                rolledBack = log.isRolledBack
            }
        }

        let snapshots: Int
        let records: Int
        let logs: [Log]
        let packs: Int
        let packBytes: Int64
        let packsRead: Int
        let bytesRead: Int64
        let chunksWereOpened: Bool
        let unlistedPacks: Int
        let condemnedPacks: Int
        let revokedSnapshots: Int
        let protectedPacks: Int?
        /// Packs and snapshots that this key does not open.
        let notSealed: Int
        let problems: [Problem]
        let touched: [Touched]
        let canBeRepaired: Bool
        let repair: Repair?

        /// - Parameter repaired: what a repair did, and what was wrong before it.
        init(_ report: CheckReport, repaired: (report: RepairReport, before: CheckReport)?) {
            let read = repaired?.before ?? report
            snapshots = report.snapshots
            records = report.records
            logs = report.logs.map(Log.init)
            packs = report.packs
            packBytes = report.packBytes
            packsRead = read.packsRead
            bytesRead = read.bytesRead
            chunksWereOpened = read.chunksWereOpened
            unlistedPacks = report.unlistedPacks
            condemnedPacks = report.condemnedPacks
            revokedSnapshots = report.revokedSnapshots
            protectedPacks = report.protectedPacks
            notSealed = read.notSealed.count
            problems = report.problems.map(Problem.init)
            touched = report.touched.map(Touched.init)
            canBeRepaired = report.canBeRepaired
            repair = repaired.map { Repair($0.report, $0.before) }
        }
    }
}
