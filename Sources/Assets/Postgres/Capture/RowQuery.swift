internal import Postgres

/// The statement that reads the rows of a table, or of a part of it: the same for a backup and for a comparison.
struct RowQuery {
    let table: TableName
    let columns: [String]
    /// `WHERE …` of an extension's configuration table.
    var configuration: String?
    var part = PartPlan.Part(firstBlock: 0, endBlock: nil)
    /// Rows of descendants too: for the root of partitions whose rows may change places.
    var includesDescendants = false

    var copyOut: String {
        let list = columns.map { SQL.identifier($0) }.joined(separator: ", ")
        // The plain form is the fastest; it knows no conditions, and takes an empty list of columns for all of them.
        if configuration == nil, part.condition == nil, !columns.isEmpty, !includesDescendants {
            return "COPY \(table.sql) (\(list)) TO STDOUT"
        }
        return "COPY (\(select(list))) TO STDOUT"
    }

    /// The same rows in binary form, each column by its expression in `forms`.
    func copyOut(binary forms: [ColumnForm]) -> String {
        "COPY (\(select(forms.map(\.expression).joined(separator: ", ")))) TO STDOUT (FORMAT binary)"
    }

    private func select(_ list: String) -> String {
        let from = includesDescendants ? table.sql : "ONLY \(table.sql)"
        let condition = configuration ?? part.condition.map { "WHERE \($0)" } ?? ""
        return "SELECT \(list) FROM \(from) \(condition)"
    }

    /// - Parameter encoding: of text; nil: the rows come in binary form.
    func copyIn(frozen: Bool, encoding: String?) -> String {
        let list = columns.isEmpty ? "" : " (" + columns.map { SQL.identifier($0) }.joined(separator: ", ") + ")"
        let form = encoding.map { "ENCODING \(SQL.literal($0))" } ?? "FORMAT binary"
        let options = (frozen ? ["FREEZE"] : []) + [form]
        return "COPY \(table.sql)\(list) FROM STDIN WITH (\(options.joined(separator: ", ")))"
    }
}
