extension PostgresManifest {
    /// A role of the source's server, without its password.
    public struct Role: Codable, Sendable, Equatable {
        public var name: String
        public var isSuperuser: Bool
        public var inherits: Bool
        public var createsRoles: Bool
        public var createsDatabases: Bool
        public var canLogIn: Bool
        public var replicates: Bool
        public var bypassesRowSecurity: Bool
        /// -1: no limit.
        public var connectionLimit: Int
        public var validUntil: String?
        public var comment: String?
        /// Whether something in this database belongs to it or is granted to it.
        public var isNeeded: Bool
    }

    public struct Membership: Codable, Sendable, Equatable {
        public var role: String
        public var member: String
        public var admin: Bool
        /// Nil before PostgreSQL 16, where it is a matter of the member.
        public var inherits: Bool?
        public var sets: Bool?
    }

    /// One `ALTER … SET`.
    public struct Setting: Codable, Sendable, Equatable {
        /// Nil: for every role.
        public var role: String?
        /// False: for the role in every database.
        public var isForDatabase: Bool
        public var name: String
        public var value: String
    }

    public struct Grant: Codable, Sendable, Equatable {
        /// Nil: everybody.
        public var role: String?
        public var privilege: String
        public var isGrantable: Bool
    }
}
