import Language

extension Plan {
    /// The plan as a plan file says it, with every default written out. Reading it gives the same plan again.
    public var yaml: String {
        var lines = [
            "version: \(version)", "project:", "  name: \(Self.scalar(project.name))", "  timezone: \(project.timezoneName)",
        ]
        if let language = project.language { lines.append("  language: \(language.rawValue)") }
        lines.append("vaults:")
        for vault in vaults {
            lines += ["  \(Self.scalar(vault.name)):", "    url: \(Self.scalar(vault.url))"]
            if let key = vault.key { lines.append("    key: \(Self.scalar(key.description))") }
            if let credentials = vault.credentials { lines.append("    credentials: \(Self.scalar(credentials.description))") }
            if vault.parity { lines.append("    parity: true") }
            if let lock = vault.lock {
                lines += ["    lock:", "      mode: \(lock.mode.rawValue)", "      for: \(lock.period.planText)"]
            }
            if let medium = vault.statedMedium { lines.append("    medium: \(medium.rawValue)") }
            if let site = vault.site { lines.append("    site: \(Self.scalar(site))") }
            if let account = vault.account { lines.append("    account: \(Self.scalar(account))") }
            if vault.removable { lines.append("    removable: true") }
            if let keep = vault.keep { lines += Self.lines(of: keep) }
        }
        lines.append("assets:")
        for asset in assets { lines += Self.lines(of: asset) }
        if let sandbox { lines += ["sandbox:", "  url: \(Self.scalar(sandbox.url.description))"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of asset: AssetPlan) -> [String] {
        var lines = ["  \(scalar(asset.name)):", "    kind: \(asset.kind.rawValue)"]
        switch asset.source {
        case .database(let url): lines.append("    url: \(scalar(url.description))")
        case .files(let files):
            lines.append("    path: \(scalar(files.path))")
            if !files.exclude.isEmpty { lines.append("    exclude:") }
            lines += files.exclude.map { "      - \(scalar($0))" }
        }
        if asset.objectives != .init() { lines.append("    objectives:") }
        if let rpo = asset.objectives.rpo { lines.append("      rpo: \(rpo.planText)") }
        if let rto = asset.objectives.rto { lines.append("      rto: \(rto.planText)") }
        if asset.kind == .postgres { lines.append("    lock_timeout: \(asset.lockTimeout.planText)") }
        lines.append("    jobs: \(asset.jobs)")
        if !asset.checks.isEmpty { lines.append("    checks:") }
        for check in asset.checks {
            lines += [
                "      - name: \(scalar(check.name))", "        sql: \(scalar(check.sql))",
                "        expect: \(scalar(check.expect.description))",
            ]
        }
        if let keep = asset.keep { lines += Self.lines(of: keep) }
        return lines
    }

    private static func lines(of keep: RetentionRules) -> [String] {
        var lines = ["    keep:"]
        if let last = keep.last { lines.append("      last: \(last)") }
        lines += keep.periods.map { "      \($0.period.planKey): \($0.count)" }
        if let within = keep.within { lines.append("      within: \(within.planText)") }
        if !keep.tags.isEmpty { lines.append("      tags: [\(keep.tags.map(scalar).joined(separator: ", "))]") }
        return lines
    }

    /// A plain word as it is; everything else in double quotes, so that no character means anything to YAML.
    static func scalar(_ text: String) -> String {
        // A digit first, or one of these words, and other readers of YAML see no text.
        let startsPlain = text.utf8.first.map {
            $0.isWordByte && !(48...57).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/")
        }
        let isWord = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        let isPlain =
            startsPlain == true && !isWord && text.last != ":"
            && text.utf8.allSatisfy { $0.isWordByte || ".-/:".utf8.contains($0) }
        if isPlain { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default:
                // Line separators and the byte order mark mean something to YAML though they can be printed.
                let isSpecial =
                    scalar.properties.generalCategory == .control
                    || ["\u{85}", "\u{2028}", "\u{2029}", "\u{feff}"].contains(scalar)
                quoted += isSpecial ? "\\u" + hex(scalar.value) : String(scalar)
            }
        }
        return quoted + "\""
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
