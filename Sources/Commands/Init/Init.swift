import ArgumentParser
import Foundation
import Language
import ObjectStore
import Plan
import Reporting
import Vault

/// `reprise init`
struct Init: Command {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "init",
            abstract: say("Write a plan if there is none, and make its vault, the key file and the recovery kit."),
            discussion: examples(
                ("reprise init", "plan, vault, key file and kit in this folder"),
                (
                    "reprise init --write-only --kit-to /media/usb/kit.txt",
                    "for a server that must not be able to read its backups"
                ),
                ("reprise init --vault offsite --copy-of local", "another copy of a vault, with the same keys"),
                ("reprise init --shares 2/3", "a kit of three shares, any two of which open everything"),
                about:
                    "The kit holds the recovery key, which opens everything: print it, keep it away from this machine, delete the file. With --write-only the kit goes to --kit-to or to standard output, and nothing on this host can open a snapshot."
            ))
    }

    @OptionGroup var global: GlobalOptions

    @Flag(help: help("Leave no key on this host that can open snapshots."))
    var writeOnly = false

    @Option(
        help: help(
            "Where the kit is written. (default: beside the key file; with --write-only: standard output)", valueName: "file"))
    var kitTo: String?

    @Option(help: help("Split the recovery key into shares: how many open the vault, of how many.", valueName: "k/n"))
    var shares: KitShares?

    @Option(help: help("The vault to make. (default: the plan's first)"))
    var vault: String?

    @Option(
        help: help("Make it a copy of this vault, with the same keys and kit; «reprise copy» fills it.", valueName: "vault"))
    var copyOf: String?

    static let replacingStore: Phrase =
        "This store replaces objects that must be new. The vault works around it: every write looks first, and a prune ends no backup that may still run, so one that was cut off on another host keeps its space. No data is at risk; a store that honours If-None-Match has no such limits."

    func validate() throws {
        guard copyOf == nil || (!writeOnly && kitTo == nil && shares == nil) else {
            throw ValidationError(say("A copy has the keys and the kit of its original: take the other options out."))
        }
        guard copyOf == nil || vault != nil else {
            throw ValidationError(say("Say with --vault which vault of the plan is to be the copy."))
        }
    }

    private struct Made: Encodable {
        let plan: String
        let planWasWritten: Bool
        let vault: String
        let vaultId: String
        let keyFile: String?
        let kit: String?
        /// The same, to be printed.
        let kitPage: String?
        let writeOnly: Bool
        /// With --write-only and no file for it, the kit's only copy.
        let kitText: String?
    }

    func run(_ invocation: Invocation) async throws -> ExitStatus {
        let console = invocation.console
        let wasWritten = try writePlan(invocation)
        let file = try invocation.plan()
        let workspace = Workspace(file, invocation)
        let vaultPlan = try workspace.vaultPlan(vault)
        if let copyOf {
            return try await InitCopy(workspace: workspace, console: console).run(vaultPlan, of: copyOf)
        }
        let store = try workspace.store(vaultPlan)
        let keyPath = workspace.keyPath(vaultPlan)
        if let keyPath { try refuseExisting(keyPath) }
        let kitPath =
            kitTo.map { Paths.absolute($0, from: invocation.folder) }
            ?? (writeOnly ? nil : workspace.privateFolder + "/" + vaultPlan.name + "-kit.txt")
        let pagePath = kitPath.map(Self.pagePath)
        for path in [kitPath, pagePath].compactMap(\.self) { try refuseExisting(path) }
        if kitTo != nil, let kitPath { try Self.requireFolder(of: kitPath) }
        // Before anything is put: a vault without its key and its kit is of no use, and stands in the way of another.
        for path in [kitPath, pagePath, keyPath].compactMap(\.self) { try PrivateFile.requirePlace(path) }
        try await Self.prepare(store, for: vaultPlan)
        let roles: Set<Role> = writeOnly ? [.writer] : [.writer, .reader, .keeper]
        var kitText = ""
        var kept: [String] = []
        var vaultID: VaultID?
        let made: LockedVault.Made
        do {
            made = try await LockedVault.make(in: store, holder: HostName.own, roles: roles) { made in
                let kit = Kit(
                    project: file.plan.project.name, vaultName: vaultPlan.name, location: workspace.vaultLocation(vaultPlan),
                    vault: made.keys.vault, secret: KitShares.secret(of: made.recovery, shares), made: Date(),
                    kinds: Set(file.plan.assets.map(\.kind)),
                    plan: (try? String(contentsOfFile: file.path, encoding: .utf8)) ?? "")
                kitText = kit.text(in: console.language)
                let files = [
                    (kitPath, kitText), (pagePath, kit.html(in: console.language)),
                    (keyPath, String(decoding: made.keys.encoded, as: UTF8.self)),
                ].compactMap { path, text in path.map { (path: $0, text: text) } }
                try PrivateFile.create(files)
                (kept, vaultID) = (files.map(\.path), made.keys.vault)
            }
        } catch {
            guard !kept.isEmpty else { throw error }
            // Keys to nothing, where it is certain: else they may be the only ones to what the store took in the end.
            if await LockedVault.hasSurelyNot(made: vaultID, in: store, after: error) {
                for path in kept { unlink(path) }
            } else {
                console.warn(
                    "The key file and the kit stay, because the store may have taken the vault all the same. If «reprise snapshots» finds none there, move them away and run «reprise init» again."
                )
            }
            throw error
        }
        let result = Made(
            plan: file.path, planWasWritten: wasWritten, vault: workspace.vaultLocation(vaultPlan),
            vaultId: made.keys.vault.description,
            keyFile: keyPath, kit: kitPath, kitPage: pagePath, writeOnly: writeOnly, kitText: kitPath == nil ? kitText : nil)
        console.result(result) {
            if wasWritten { console.print("Plan: \(file.path)" as Phrase) }
            console.print("Vault: \(result.vault)" as Phrase)
            if let keyPath {
                console.print(
                    writeOnly
                        ? "Key file: \(keyPath) (adds snapshots, cannot open them)" as Phrase
                        : "Key file: \(keyPath) (adds, opens and deletes snapshots)" as Phrase)
            }
            if let kitPath, let pagePath {
                console.print("Recovery kit: \(kitPath), and to be printed \(pagePath)" as Phrase)
            } else {
                console.print(kitText)
            }
        }
        if keyPath == nil {
            console.warn("The plan takes the key of this vault from the environment; put this key file there:")
            console.print(String(decoding: made.keys.encoded, as: UTF8.self))
        }
        if !made.store.conditionalCreate {
            console.warn(Self.replacingStore)
        }
        console.say(
            kitPath == nil
                ? "Print the kit above now: it is kept nowhere."
                : "Print the kit, keep it away from this machine, and delete its files: without it a lost key file is a lost vault."
        )
        console.next("reprise doctor", "checks that a backup will work")
        return .done
    }

    /// Makes the place of a new vault. A plan that asks for locks is refused where there can be none.
    static func prepare(_ store: any ObjectStore, for vault: VaultPlan) async throws {
        if vault.removable { try requireMountPoint(above: store.location) }
        do throws(StoreError) {
            try await store.prepare()
        } catch {
            guard error.code == .exists else { throw error }
            // A directory that holds something: if that is a vault, making it says so.
            if try await store.head(ObjectKey("config")!) == nil {
                throw VaultError(.occupied, error.message, hint: error.hint)
            }
        }
        guard vault.lock != nil, try await store.features().objectLock == false else { return }
        throw CommandError(
            .lockImpossible, "The plan locks the objects of the vault \(vault.name), and \(store.location) cannot lock any.",
            hint:
                "Make a new bucket with object lock (AWS: «Object Lock: Enable» when it is made, which turns versions on too) and name it in the plan, or take `lock` out of the plan. docs/s3.md says how."
        )
    }

    /// The folder of a vault is made; the one that a removable disk is mounted at is not: without the disk the vault would lie on
    /// this one, and be hidden by it later.
    private static func requireMountPoint(above folder: String) throws {
        let place = Paths.folder(of: folder)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), isFolder.boolValue else {
            throw StoreError(
                .unreachable, "The directory \(place) is not there.", hint: "Is the disk mounted, and the vault's url right?")
        }
    }

    /// The page to be printed beside the kit's text.
    private static func pagePath(_ kit: String) -> String {
        (kit.hasSuffix(".txt") ? String(kit.dropLast(4)) : kit) + ".html"
    }

    /// Writes the template where the plan should be, unless there is one.
    private func writePlan(_ invocation: Invocation) throws -> Bool {
        do {
            _ = try invocation.plan()
            return false
        } catch let error as CommandError {
            guard error.code == .planNotFound else { throw error }
        }
        let path = Paths.absolute(global.plan ?? PlanFile.usualName, from: invocation.folder)
        let folder = Paths.folder(of: path)
        let project = folder.split(separator: "/").last.map(String.init) ?? "project"
        return try NewPlan.write(at: path, project: project, language: invocation.console.language)
    }

    /// A place that was named is made by nobody: it may be a disk that is not mounted.
    private static func requireFolder(of path: String) throws {
        let folder = Paths.folder(of: path)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw CommandError(
                .fileNotWritten, "There is no folder \(folder) for the kit.",
                hint: "Make it first, or mount the disk that it is on.")
        }
    }

    private func refuseExisting(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        throw CommandError(
            .fileExists, "There is a file at \(path) already.",
            hint: "It may be the only key to a vault: it is never overwritten. Move it away if you mean to make a new vault.")
    }
}
