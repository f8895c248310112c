import Foundation

/// What `psql -b` or `pg_restore` said went wrong.
enum LoadErrors {
    /// One for each statement that was refused, without those that only tried to drop what is not there, or to make a role that
    /// is.
    static func relevant(in text: String) -> [String] {
        var errors: [String] = []
        for line in text.split(separator: "\n") {
            if let range = line.range(of: "ERROR:") ?? line.range(of: "error:") ?? line.range(of: "FATAL:") {
                errors.append(line[range.upperBound...].trimmingPrefix { $0 == " " }.description)
            } else if let range = line.range(of: "STATEMENT:"), let error = errors.last {
                let statement = line[range.upperBound...].drop { $0 == " " }
                let isDrop = statement.hasPrefix("DROP ") || (statement.hasPrefix("ALTER ") && (statement.contains(" DROP ") || statement.contains(" DETACH ")))
                let isRole = statement.hasPrefix("CREATE ROLE ") || statement.hasPrefix("CREATE USER ")
                if (isDrop && error.contains("does not exist")) || (isRole && error.contains("already exists")) {
                    errors.removeLast()
                }
            }
        }
        return errors
    }
}
