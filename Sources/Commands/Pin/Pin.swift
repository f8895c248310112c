import ArgumentParser
import Foundation
import Language
import Ledger
import Plan
import Reporting
import Vault

/// `reprise pin`
struct Pin: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "pin",
            abstract: say("Keep a snapshot whatever the rules of retention say; without one, list what is pinned."),
            discussion: examples(
                ("reprise pin latest --reason \"before the migration\"", "until it is unpinned"),
                ("reprise pin", "what is pinned, and why"),
                about: "A pin is a signed record in the vault. Its own key lifts it, or one with the keeper role."))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("An id, its first characters, or «latest»."))
    var snapshot: String?

    @Option(help: help("Why, for people: one line.", valueName: "text"))
    var reason: String?

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    struct Line: Encodable {
        let snapshot: String
        let reason: String?
        let pinned: Date
        let holder: String

        init(_ pin: PinLog.Pin) {
            snapshot = pin.snapshot.text
            reason = pin.reason
            pinned = pin.pinned
            holder = pin.holder
        }
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        guard let snapshot else {
            guard reason == nil else {
                throw CommandError(.usage, "Say which snapshot to pin: «reprise pin SNAPSHOT --reason …».")
            }
            try await list(vault, workspace, on: console)
            return .done
        }
        if let reason, reason.utf8.count > PinLog.longestReason || reason.contains(where: \.isNewline) {
            throw CommandError(.usage, "A reason is one line of at most \(PinLog.longestReason) bytes.")
        }
        let record = try await vault.snapshot(snapshot, of: nil)
        let pin = try await PinLog(vault).pin(record.id, reason: reason)
        console.result(Line(pin)) { console.print("Snapshot \(record.id) of \(record.asset) is pinned." as Phrase) }
        console.next("reprise unpin \(record.id)", "lets the rules decide again", vault: self.vault)
        return .done
    }

    private func list(_ vault: OpenVault, _ workspace: Workspace, on console: Console) async throws {
        let pins = try await PinLog(vault).all()
        let records = Dictionary(try await vault.survey().snapshots.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        console.result(pins.map(Line.init)) {
            guard !pins.isEmpty else { return console.say("No snapshot is pinned.") }
            let timezone = workspace.plan.project.timezone
            var table = Table([
                .init("SNAPSHOT"), .init("ASSET"), .init("STOOD AT"), .init("PINNED"), .init("BY"), .init("WHY", narrowest: 10),
            ])
            for pin in pins {
                let record = records[pin.snapshot]
                table.add([
                    pin.snapshot.text, record?.asset ?? "",
                    record.map { console.figures.instant($0.instant, in: timezone) } ?? "",
                    console.figures.instant(pin.pinned, in: timezone), pin.holder, pin.reason ?? "",
                ])
            }
            console.print(table)
        }
    }
}

/// `reprise unpin`
struct Unpin: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "unpin",
            abstract: say("Let the rules of retention decide about a snapshot again."),
            discussion: examples(("reprise unpin 01kx", "lifts every pin of that snapshot")))
    }

    @OptionGroup var global: GlobalOptions

    @Argument(help: help("An id, its first characters, or «latest»."))
    var snapshot: String

    @Option(help: help("The vault. (default: the plan's first)"))
    var vault: String?

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let workspace = Workspace(try invocation.plan(), invocation)
        let vault = try await workspace.open(workspace.vaultPlan(vault))
        let record = try await vault.snapshot(snapshot, of: nil)
        let lifted = try await PinLog(vault).unpin(record.id)
        guard !lifted.isEmpty else { throw CommandError(.usage, "The snapshot \(record.id) is not pinned.") }
        console.result(lifted.map(Pin.Line.init)) {
            console.print("Snapshot \(record.id) of \(record.asset) is not pinned any more." as Phrase)
        }
        return .done
    }
}
