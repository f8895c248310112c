import Foundation
import ObjectStore
import Testing
import Vault

@testable import Assets

/// A tree that was once backed up comes back for ever: links, holes, attributes, rights, odd names and all. The independent
/// reader brings it back too (`tools/test_read_vault.py`).
@Suite struct GoldenTreeTests {
    private static let fixtures =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        + "/Fixtures"
    private static let golden = fixtures + "/vaults/v1-files"
    private static let python = ProcessInfo.processInfo.environment["REPRISE_PYTHON"] ?? "/usr/bin/python3"

    @Test func theTreeComesBackAsItWas() async throws {
        let bench = try await FilesBench()
        let store = DirectoryStore(Self.golden + "/vault")
        let locked = try await LockedVault(in: store)
        let recovery = try RecoveryKey(try String(contentsOfFile: Self.golden + "/recovery-key", encoding: .utf8))
        let vault = try await locked.open(
            with: locked.keys(from: recovery, holder: "test"), cacheFolder: bench.folder + "/golden-cache")
        let record = try #require(try await vault.snapshots().last)
        let report = try await bench.restore(record, to: "out", vault: vault)
        // Who is not root cannot give files to others, nor set attributes that are root's.
        if geteuid() == 0 { #expect(report.problems.isEmpty, "\(report.problems)") }
        let said = try await bench.sh(
            "\(Self.python) \(Self.fixtures)/tree.py compare \(Self.golden)/tree.json \(bench.folder)/out || true")
        #expect(said == "")
        let compared = try await FilesComparison(vault.read(record), with: bench.folder + "/out").run()
        if geteuid() == 0 { #expect(compared.isEqual, "\(compared.differences)") }
    }

    /// Writes the vault. The one that is committed stays as it is.
    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["REPRISE_WRITE_GOLDEN_VAULTS"] == "1",
            "writes a new golden vault: only on demand, as root"))
    func write() async throws {
        try #require(!FileManager.default.fileExists(atPath: Self.golden), "golden vaults are never written anew")
        try FileManager.default.createDirectory(atPath: Self.golden, withIntermediateDirectories: false)
        let bench = try await FilesBench()
        _ = try await bench.sh(Self.script(bench.source))
        let store = DirectoryStore(Self.golden + "/vault")
        try await store.prepare()
        let made = try await LockedVault.make(in: store, holder: "golden", roles: [.writer, .reader, .keeper])
        let vault = try await LockedVault(in: store).open(with: made.keys, cacheFolder: bench.folder + "/golden-cache")
        let (record, manifest) = try await FilesCapture(
            bench.source, options: .init(exclude: ["*.tmp", "cache/"], jobs: 1)
        ).run(asset: "uploads", tags: ["golden"]) {
            try await vault.startSnapshot(asset: "uploads", kind: FilesCapture.kind, host: "golden.example", workers: 1)
        }
        #expect(manifest.isComplete && manifest.counts.excluded == 2)
        _ = try await bench.sh(
            """
            rm -r \(bench.source)/*.tmp \(bench.source)/cache; touch -d @1500000000.5 \(bench.source)
            \(Self.python) \(Self.fixtures)/tree.py record \(bench.source) >\(Self.golden)/tree.json
            """)
        try Data(made.keys.encoded).write(to: URL(fileURLWithPath: Self.golden + "/key"))
        try Data((made.recovery.text + "\n").utf8).write(to: URL(fileURLWithPath: Self.golden + "/recovery-key"))
        try await Self.expected(vault, record).write(to: URL(fileURLWithPath: Self.golden + "/expected.json"))
    }

    private static func script(_ source: String) -> String {
        """
        set -e; cd \(source)
        printf 'hello\\n' >plain; chmod 640 plain; ln plain hard; mkdir -p sub/deeper empty cache 'closed'; ln plain sub/hard-too
        ln -s plain link; ln -s ../nowhere sub/dangling; ln -s "$(printf 'odd\\377target')" odd-link
        printf x >'ünï cöde ☃'; printf x >"$(printf 'latin1-\\351')"; printf x >"$(printf 'line\\nbreak')"; printf x >' blanks '; printf x >'$(not) `run`'
        printf '#!/bin/sh\\n' >setuid; chmod 4755 setuid; printf x >setgid; chmod 2711 setgid; chmod 1777 sub; chmod 500 closed
        printf x >someones; chown 12345:54321 someones; printf x >unreadable; chmod 000 unreadable
        truncate -s 3M sparse; printf end >>sparse; mkfifo pipe; : >nothing
        for i in $(seq 4000); do echo "row $i of a table that is long enough to be cut"; done >rows.txt
        python3 - <<'PYTHON'
        from os import setxattr
        setxattr("plain", "user.note", "un été".encode())
        setxattr("sub", "user.empty", b"")
        setxattr("link", "trusted.link", bytes(range(256)), follow_symlinks=False)
        # An access control list: user::rw-, user:12345:r--, group::r--, mask::r--, other::---
        setxattr("rows.txt", "system.posix_acl_access", bytes.fromhex("02000000" "01000600ffffffff" "0200040039300000" "04000400ffffffff" "10000400ffffffff" "20000000ffffffff"))
        PYTHON
        printf x >cache/left-out; printf x >left-out.tmp
        find . -depth -exec touch -h -d @1400000000.123456789 {} +
        touch -h -d @-86400.25 plain; touch -d @4102444800 rows.txt; touch -d @1500000000.5 .
        """
    }

    private static func expected(_ vault: OpenVault, _ record: SnapshotRecord) async throws -> Data {
        struct Expected: Encodable {
            struct Entry: Encodable {
                var path: String
                var parts: [Int64]
                var sha256: String
            }
            struct Snapshot: Encodable {
                var id, asset, kind: String
                var tags: [String]
                var facts: [String: String]
                var entries: [Entry]
            }
            var vault: String
            var snapshots: [Snapshot]
            var records: [String]
        }
        let reader = try await vault.read(record)
        var entries: [Expected.Entry] = []
        let bench = try await FilesBench()
        for entry in try await reader.entries() {
            var bytes: [UInt8] = []
            for try await piece in reader.bytes(of: entry) { bytes += piece }
            try Data(bytes).write(to: URL(fileURLWithPath: bench.folder + "/entry"))
            let sum = try await bench.sh("sha256sum <\(bench.folder)/entry").prefix(64)
            entries.append(.init(path: entry.path, parts: entry.partSizes, sha256: String(sum)))
        }
        let snapshot = Expected.Snapshot(
            id: record.id.text, asset: record.asset, kind: record.kind, tags: record.tags, facts: record.facts, entries: entries)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(Expected(vault: vault.id.description, snapshots: [snapshot], records: []))
    }
}
