public import Foundation
public import Postgres

/// What a snapshot of a database holds, and what a restored copy must equal: the entry `manifest.json`.
///
/// Everything in it was seen at one instant, except the sequences, which were read just after it: a sequence is not part of any
/// transaction, so a later value is one that no row of the snapshot can have passed.
public struct PostgresManifest: Codable, Sendable, Equatable {
    public static let path = "manifest.json"
    /// The newest layout of this file that we write and read.
    public static let currentFormat = 1

    public var format: Int
    public var server: Server
    public var database: Database
    /// The position in the server's log at which the snapshot stands.
    public var lsn: LSN
    /// By the server's clock.
    public var instant: Date
    public var platform: Platform?
    public var extensions: [Extension]
    /// Everything that holds rows of its own, sorted by name.
    public var tables: [Table]
    /// Partitioned tables, which hold no rows of their own.
    public var partitionedTables: [PartitionedTable]
    public var sequences: [Sequence]
    public var materializedViews: [MaterializedView]
    public var largeObjects: LargeObjects
    public var roles: [Role]
    public var memberships: [Membership]
    public var settings: [Setting]
    /// Rights on the database itself; nil where they are PostgreSQL's own defaults.
    public var databaseGrants: [Grant]?
    public var tablespaces: [String]
    /// How many there are of what is kept as definitions only: `views`, `functions`, `publications`, `foreignServers` and so on.
    public var counts: [String: Int]
    public var warnings: [Warning]

    public struct Server: Codable, Sendable, Equatable {
        /// As the server numbers itself: 150020 is 15.20.
        public var number: Int
        public var version: String
        /// The `pg_dump` that wrote the definitions.
        public var dumpedBy: String
    }

    public struct Database: Codable, Sendable, Equatable {
        public var name: String
        public var owner: String
        public var encoding: String
        public var collation: String
        public var characterType: String
        /// `libc`, `icu` or `builtin`.
        public var localeProvider: String
        public var comment: String?
    }

    public enum Platform: String, Codable, Sendable { case supabase }

    public struct Extension: Codable, Sendable, Equatable {
        public var name: String
        public var version: String
        public var schema: String
        /// Every relation that cannot be made without this extension, directly or through something else.
        public var neededBy: [TableName]
    }

    public struct LargeObjects: Codable, Sendable, Equatable {
        public var count: Int
        /// The rows `(object, offset, data)` of the entry.
        public var rows: CopyTotals
    }

    /// Something that a reader of the snapshot has to know.
    public struct Warning: Codable, Sendable, Equatable {
        public enum Code: String, Codable, Sendable {
            /// Definitions changed while they were read: they may not fit together.
            case definitionsChanged
            /// An extension keeps data that no dump of a database holds.
            case dataOfExtensionNotKept
            /// Rows of a schema that the platform manages itself are not kept.
            case platformRowsNotKept
        }
        public var code: Code
        public var subject: String
    }
}

extension PostgresManifest {
    /// A table, a leaf partition, or a configuration table of an extension.
    public struct Table: Codable, Sendable, Equatable {
        public enum Kind: String, Codable, Sendable { case table, partition, unlogged, extensionConfiguration }

        public var schema: String
        public var name: String
        public var kind: Kind
        public var owner: String
        /// The table's number on the source, by which the archives of definitions know it.
        public var oid: UInt32
        /// The columns that the rows hold, in order; a table may have none.
        public var columns: [String]
        /// `WHERE …`: only those rows of an extension's configuration table are the user's.
        public var condition: String?
        /// The extension that the table is a part of, for a configuration table.
        public var ofExtension: String?
        public var partitionOf: TableName?
        /// Rows must be loaded through this table, because the partition that takes a row is not the same everywhere.
        public var loadThrough: TableName?
        /// In a schema that the platform manages.
        public var isManaged: Bool
        public var rows: Int64
        /// Of COPY text.
        public var bytes: Int64
        public var checksum: RowChecksum
        /// The parts of the entry, in order.
        public var parts: [Part]
        public var indexes: [String]
        public var constraints: [String]

        public struct Part: Codable, Sendable, Equatable {
            public var rows: Int64
            public var bytes: Int64
        }

        public var tableName: TableName { TableName(schema: schema, name: name) }
        /// The entry that holds the rows.
        public var path: String { tableName.rowsPath }
    }

    public struct PartitionedTable: Codable, Sendable, Equatable {
        public var schema: String
        public var name: String
        public var oid: UInt32
        public var partitionOf: TableName?
        public var isManaged: Bool

        public var tableName: TableName { TableName(schema: schema, name: name) }
    }

    public struct Sequence: Codable, Sendable, Equatable {
        public var schema: String
        public var name: String
        public var oid: UInt32
        public var lastValue: Int64
        /// False: `lastValue` is the next one to be given out.
        public var isCalled: Bool
        public var increment: Int64
        public var ownedBy: TableName?
        public var column: String?
        public var isManaged: Bool

        public var tableName: TableName { TableName(schema: schema, name: name) }
    }

    public struct MaterializedView: Codable, Sendable, Equatable {
        public var schema: String
        public var name: String
        public var oid: UInt32
        public var isPopulated: Bool

        public var tableName: TableName { TableName(schema: schema, name: name) }
    }
}
