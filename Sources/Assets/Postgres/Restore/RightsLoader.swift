internal import Language
internal import Postgres

/// Makes rights and policies statement by statement where roles may be missing: `pg_restore` would lose all the rights of an
/// object with the one that it cannot give.
///
/// What names a role that the target lacks is left out; of a policy only that role.
struct RightsLoader {
    static let rights: Set<String> = ["ACL", "DEFAULT ACL"]
    static let policies: Set<String> = ["POLICY"]

    let connection: Connection
    let roles: Set<String>
    private(set) var leftOut: [RestorePlan.LeftOut] = []
    /// Policies that could not be made, by their statements' number among those of `run`.
    private(set) var lostPolicies: Set<Int> = []
    private var missing: [String: Int] = [:]

    init(connection: Connection, roles: Set<String>) {
        self.connection = connection
        self.roles = roles
    }

    /// Runs the statements of a script of `pg_restore` that are rights or policies; its preamble is of no use here.
    mutating func run(_ script: String) async throws(PostgresError) {
        // Rights that somebody else granted: only a superuser may speak for him.
        var grantor: String?
        var speaksForGrantor = false
        var policies = 0
        for statement in SQLStatements(script).all {
            if statement.hasPrefix("SET SESSION AUTHORIZATION ") {
                var rest = statement.dropFirst("SET SESSION AUTHORIZATION ".count)
                grantor = QuotedNames.next(&rest)?.text ?? ""
                speaksForGrantor = roles.contains(grantor ?? "")
                if !speaksForGrantor { missing[grantor ?? "", default: 0] += 1 }
                if speaksForGrantor { speaksForGrantor = try await attempt(statement) }
            } else if statement == "RESET SESSION AUTHORIZATION" {
                if speaksForGrantor { _ = try await attempt(statement) }
                grantor = nil
            } else if statement.hasPrefix("CREATE POLICY ") {
                if try await !policy(statement) { lostPolicies.insert(policies) }
                policies += 1
            } else if grantor == nil || speaksForGrantor, Self.isRight(statement) {
                let unknown = Self.roles(of: statement).filter { !roles.contains($0) }
                for role in unknown { missing[role, default: 0] += 1 }
                if unknown.isEmpty { _ = try await attempt(statement) }
            }
        }
        if grantor != nil, speaksForGrantor { _ = try await attempt("RESET SESSION AUTHORIZATION") }
    }

    /// All that was left out, with the missing roles first.
    var findings: [RestorePlan.LeftOut] {
        missing.sorted { $0.key < $1.key }.map { .init(subject: $0.key, reason: .missingRole, because: String($0.value)) }
            + leftOut
    }

    /// With one line for each missing role.
    static func joined(_ findings: [RestorePlan.LeftOut]) -> [RestorePlan.LeftOut] {
        var counts: [String: Int] = [:]
        for each in findings where each.reason == .missingRole {
            counts[each.subject, default: 0] += each.because.flatMap { Int($0) } ?? 0
        }
        return counts.sorted { $0.key < $1.key }.map { .init(subject: $0.key, reason: .missingRole, because: String($0.value)) }
            + findings.filter { $0.reason != .missingRole }
    }

    private mutating func policy(_ statement: String) async throws(PostgresError) -> Bool {
        guard var policy = PolicyText(statement) else { return try await attempt(statement) }
        let unknown = policy.roles.filter { $0.isQuoted && !roles.contains($0.text) }
        for role in unknown { missing[role.text, default: 0] += 1 }
        policy.roles.removeAll { unknown.contains($0) }
        guard !policy.roles.isEmpty else {
            // Without any role it would be for everybody.
            leftOut.append(
                .init(subject: Self.title(statement), reason: .needsRole, because: unknown.map(\.text).joined(separator: ", ")))
            return false
        }
        return try await attempt(policy.text)
    }

    private mutating func attempt(_ statement: String) async throws(PostgresError) -> Bool {
        do throws(PostgresError) {
            try await connection.execute(statement)
            return true
        } catch {
            guard error.code == .sqlError || error.code == .lockTimeout else { throw error }
            leftOut.append(.init(subject: Self.title(statement), reason: .refused, because: error.message.description))
            return false
        }
    }

    private static func isRight(_ statement: String) -> Bool {
        ["GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES "].contains { statement.hasPrefix($0) }
    }

    /// Whom a statement names: who gets or loses a right, and whose default it is.
    static func roles(of statement: String) -> [String] {
        var found: [String] = []
        let owner = "ALTER DEFAULT PRIVILEGES FOR ROLE "
        if statement.hasPrefix(owner) {
            var rest = statement.dropFirst(owner.count)
            if let name = QuotedNames.next(&rest), name.isQuoted { found.append(name.text) }
        }
        // The last ` TO ` or ` FROM ` outside of quotes is followed by one name, which is quoted unless it is PUBLIC.
        var rest = statement[...]
        var last: QuotedNames.Name?
        while let character = rest.first {
            if character == "\"" {
                if QuotedNames.next(&rest) == nil { break }
            } else if rest.hasPrefix(" TO ") || rest.hasPrefix(" FROM ") {
                rest = rest.dropFirst(rest.hasPrefix(" TO ") ? 4 : 6)
                var ahead = rest
                last = QuotedNames.next(&ahead)
            } else {
                rest.removeFirst()
            }
        }
        if let last, last.isQuoted { found.append(last.text) }
        return found
    }

    private static func title(_ statement: String) -> String {
        statement.count > 160 ? statement.prefix(160) + "…" : statement
    }
}
