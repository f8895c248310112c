internal import Postgres
internal import Vault

/// Writes the small entries: what belongs to no table and is in no dump, and the script that loads the whole with psql alone.
struct ScriptsCapture {
    let target: ConnectionString
    let snapshot: ExportedSnapshot
    let catalog: Catalog
    let manifest: PostgresManifest
    let writer: SnapshotWriter

    func run() async throws {
        var texts = [
            "roles.sql": RolesScript(manifest).text,
            "settings.sql": SettingsScript(manifest: manifest).text,
            "sequences.sql": SequencesScript.text(manifest.sequences),
            "refresh.sql": RefreshScript.text(manifest.materializedViews),
            "load.sql": LoadScript(manifest: manifest, destination: .plain).text,
            PostgresManifest.path: try manifest.encoded(),
        ]
        if catalog.isSupabase {
            texts["load-supabase.sql"] = LoadScript(manifest: manifest, destination: .supabase).text
            texts["managed-own.sql"] = try await withConnection(target) { connection in
                try await connection.execute(snapshot.adoption)
                return try await ManagedOwnScript.text(on: connection)
            }
        }
        try await onBlockingThread { [writer, texts] in
            for (path, text) in texts.sorted(by: { $0.key < $1.key }) { try writer.add(path, text: text) }
        }
        if manifest.largeObjects.count > 0 { try await writeLargeObjects() }
    }

    /// Page by page: there may be millions.
    private func writeLargeObjects() async throws {
        let entry = try writer.entry(LargeObjectsScript.path, content: .file)
        try await withConnection(target) { connection in
            try await connection.execute(snapshot.adoption)
            var last = "0"
            while true {
                let page = try await connection.rows(LargeObjectsScript.metadataQuery, [last])
                guard let from = page.first?[0], let to = page.last?[0] else { break }
                let grants = try await connection.rows(LargeObjectsScript.grantsQuery, [from, to])
                let text = page.map(LargeObjectsScript.creation).joined() + grants.map(LargeObjectsScript.grant).joined()
                try await onBlockingThread { try entry.write(Array(text.utf8)) }
                last = to
            }
        }
        try await entry.finish()
    }
}
