internal import Postgres

/// `sequences.sql`: where each sequence stands.
enum SequencesScript {
    static func text(_ sequences: [PostgresManifest.Sequence]) -> String {
        sequences.map { statement($0) + "\n" }.joined()
    }

    static func statement(_ sequence: PostgresManifest.Sequence) -> String {
        "SELECT pg_catalog.setval(\(SQL.literal(sequence.tableName.sql))::pg_catalog.regclass, \(sequence.lastValue), \(sequence.isCalled));"
    }
}
