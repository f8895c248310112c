internal import Foundation
public import Language
public import Vault

extension PostgresManifest {
    /// The text of `manifest.json`: keys sorted, so that equal manifests are equal bytes.
    func encoded() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(Self.instants))
        }
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// Throws `newerFormat` or `damagedSnapshot`.
    static func decode(_ text: String) throws(AssetError) -> PostgresManifest {
        struct Header: Decodable { var format: Int }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date(text, strategy: Self.instants)
        }
        let bytes = Data(text.utf8)
        do {
            let format = try decoder.decode(Header.self, from: bytes).format
            guard format <= currentFormat else {
                throw AssetError(
                    .newerFormat,
                    "The manifest of this snapshot has format \(format); this Reprise reads up to \(currentFormat).",
                    hint: "Use a newer Reprise.")
            }
            return try decoder.decode(PostgresManifest.self, from: bytes)
        } catch let error as AssetError {
            throw error
        } catch {
            throw AssetError(.damagedSnapshot, "The manifest of this snapshot cannot be read.", cause: error)
        }
    }

    /// The manifest of a snapshot of a database. Throws `AssetError` (`damagedSnapshot`, `newerFormat`) or `VaultError`.
    public static func read(from snapshot: SnapshotReader) async throws -> PostgresManifest {
        guard try await snapshot.entry(path) != nil else {
            throw AssetError(
                .damagedSnapshot, "Snapshot \(snapshot.record.id) has no manifest: it is not a snapshot of a database.")
        }
        return try decode(try await snapshot.text(of: path))
    }

    private static let instants = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

extension PostgresManifest.Warning {
    public var message: Phrase {
        switch code {
        case .definitionsChanged:
            "Definitions changed while they were read (\(subject)): some may not fit together. Take another backup when nothing is being migrated."
        case .dataOfExtensionNotKept:
            "What extension \(subject) keeps outside its configuration tables is not part of the backup."
        case .platformRowsNotKept:
            "Rows of \(subject) are the platform's own and are not kept."
        }
    }
}
