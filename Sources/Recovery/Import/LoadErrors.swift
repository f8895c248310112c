import Foundation

/// What `psql -b` or `pg_restore` said went wrong.
enum LoadErrors {
    /// One for each statement that was refused, without those that mean nothing: `pg_dump --clean` first drops what may not be
    /// there, and `pg_dumpall` makes roles that are.
    static func relevant(in text: String) -> [String] {
        var errors: [String] = []
        var statement: String?
        func judge() {
            if let made = statement, let error = errors.last, means(made, nothingWith: error) { errors.removeLast() }
            statement = nil
        }
        for line in text.split(separator: "\n") {
            if let range = line.range(of: "STATEMENT:") {
                statement = String(line[range.upperBound...])
            } else if let range = line.range(of: "ERROR:") ?? line.range(of: "FATAL:") ?? line.range(of: "error:") {
                judge()
                errors.append(line[range.upperBound...].trimmingPrefix { $0 == " " }.description)
            } else {
                statement? += " " + line
            }
        }
        judge()
        return errors
    }

    /// What `pg_restore` says of an archive whose own bytes are wrong; nil where it says nothing of that.
    static func damage(in text: String) -> String? {
        let signs = [
            "could not read from input file", "could not uncompress", "end of file", "could not find",
            "could not open input file",
            "could not open file", "unexpected section code", "corrupt", "did not find magic string", "found unexpected block",
            "unrecognized data block", "input file is too short", "is required, but comes before", "input file does not appear",
        ]
        for line in text.split(separator: "\n") where line.contains("error:") && !line.contains("ERROR:") {
            guard signs.contains(where: { line.contains($0) }), let range = line.range(of: "error:") else { continue }
            return line[range.upperBound...].trimmingPrefix { $0 == " " }.description
        }
        return nil
    }

    private static func means(_ text: String, nothingWith error: String) -> Bool {
        let statement = text.drop { $0 == " " }
        if statement.hasPrefix("CREATE ROLE ") || statement.hasPrefix("CREATE USER ") { return error.contains("already exists") }
        guard error.contains("does not exist") else { return false }
        if statement.hasPrefix("DROP ") || statement.hasPrefix("SELECT pg_catalog.lo_unlink(") { return true }
        // A view is first made to hang on nothing, so that all else can be dropped.
        if statement.hasPrefix("CREATE OR REPLACE VIEW ") { return statement.contains(" NULL::") }
        return statement.hasPrefix("ALTER ") && (statement.contains(" DROP ") || statement.contains(" DETACH "))
    }
}
