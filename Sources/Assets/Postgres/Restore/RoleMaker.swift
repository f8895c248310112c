internal import Language
internal import Postgres

/// Makes the roles that the snapshot needs and the target lacks: without passwords, and without what the login may not give.
struct RoleMaker {
    let connection: Connection
    let manifest: PostgresManifest
    let survey: TargetSurvey

    /// What the server says of a role that somebody else makes at the same time: it is there, or it is about to be.
    private static let madeMeanwhile: Set<String> = ["42710", "23505"]

    /// Gives what could not be carried over.
    func make(_ names: [String]) async throws -> [RestorePlan.LeftOut] {
        var leftOut: [RestorePlan.LeftOut] = []
        let made = Set(names)
        for role in manifest.roles where made.contains(role.name) {
            do {
                try await connection.execute(RolesScript.creation(of: role, limited: false))
            } catch {
                // It is another's then, like those that were there before.
                if let state = error.sqlState, Self.madeMeanwhile.contains(state) { continue }
                guard error.sqlState == "42501" else { throw error }
                try await connection.execute(RolesScript.creation(of: role, limited: true))
                leftOut.append(
                    .init(subject: "attributes of role \(role.name)", reason: .refused, because: error.message.description))
            }
            // Only a member may give objects to a role.
            if !survey.isSuperuser {
                try? await connection.execute("GRANT \(SQL.identifier(role.name)) TO \(SQL.identifier(survey.login))")
            }
        }
        let known = survey.roles.union(made)
        for membership in manifest.memberships where made.contains(membership.member) && known.contains(membership.role) {
            let statement = RolesScript.grant(membership, server: survey.server.major)
            await attempt(statement, "membership of \(membership.member) in \(membership.role)", &leftOut)
        }
        for setting in manifest.settings where !setting.isForDatabase && setting.role.map(made.contains) ?? false {
            await attempt(RolesScript.statement(for: setting), "setting \(setting.name) of role \(setting.role ?? "")", &leftOut)
        }
        return leftOut
    }

    private func attempt(_ statement: String, _ subject: String, _ leftOut: inout [RestorePlan.LeftOut]) async {
        do {
            try await connection.execute(statement)
        } catch {
            leftOut.append(.init(subject: subject, reason: .refused, because: error.message.description))
        }
    }
}
