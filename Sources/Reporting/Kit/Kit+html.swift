public import Language

extension Kit {
    /// The kit as one HTML file that needs nothing else: it can be opened on a machine without a network and printed from there.
    public func html(in language: Language) -> String {
        let body = pages.map { page in
            "<section>\n" + page.map { Self.html($0, in: language) }.joined() + "</section>\n"
        }.joined()
        let title = ("Recovery kit: \(project)" as Phrase).rendered(in: language)
        return """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(Self.escaped(title))</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            \(body)</body>
            </html>

            """
    }

    private static func html(_ section: Section, in language: Language) -> String {
        func say(_ phrase: Phrase) -> String { escaped(phrase.rendered(in: language)) }
        switch section {
        case .title(let phrase): return "<h1>\(say(phrase))</h1>\n"
        case .heading(let phrase): return "<h2>\(say(phrase))</h2>\n"
        case .paragraph(let phrase): return "<p>\(say(phrase))</p>\n"
        case .warning(let phrase): return "<p class=\"warning\">\(say(phrase))</p>\n"
        case .facts(let facts):
            let rows = facts.map { "<tr><th>\(say($0.name))</th><td>\(escaped($0.value))</td></tr>\n" }.joined()
            return "<table>\n\(rows)</table>\n"
        case .verbatim(let text): return "<pre>\(escaped(text))</pre>\n"
        case .key(let lines, let code):
            let text = lines.map { "<span>\(escaped($0))</span>" }.joined(separator: "\n")
            return
                "<div class=\"secret\">\n<div class=\"key\">\(text)</div>\n\(drawing(code, say("The recovery key as a QR code")))</div>\n"
        case .words(let words, let code):
            let items = words.map { "<li>\(escaped($0))</li>" }.joined(separator: "\n")
            return
                "<div class=\"secret\">\n<ol class=\"words\">\n\(items)\n</ol>\n\(drawing(code, say("The words as a QR code")))</div>\n"
        }
    }

    /// Nothing where a text is too long for a code: the words beside it say the same.
    private static func drawing(_ text: String, _ label: String) -> String {
        QRCode(text).map { $0.svg(label: label) + "\n" } ?? ""
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    /// Black on white, at sizes that survive a poor printer. Each page begins on paper of its own.
    private static let style = """
        @page { size: A4; margin: 16mm 18mm; }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 180mm; padding: 0 4mm; color: #000; background: #fff;
          font: 11pt/1.45 system-ui, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
        section { break-after: page; padding: 8mm 0; border-bottom: 1px dashed #999; }
        section:last-child { break-after: auto; border-bottom: 0; }
        h1 { font-size: 20pt; line-height: 1.2; margin: 0 0 4mm; overflow-wrap: anywhere; }
        h2 { font-size: 13pt; margin: 7mm 0 2mm; break-after: avoid; }
        p { margin: 2mm 0; }
        .warning { border: 2px solid #000; padding: 3mm 4mm; font-weight: 600; }
        pre, .key, .words, td { font-family: "DejaVu Sans Mono", "Liberation Mono", Consolas, Menlo, monospace; }
        pre { font-size: 9pt; line-height: 1.4; margin: 2mm 0; padding: 2.5mm 3mm; border: 1px solid #999; border-radius: 1mm;
          white-space: pre-wrap; overflow-wrap: anywhere; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
        table { border-collapse: collapse; width: 100%; }
        th, td { border: 1px solid #999; padding: 1.2mm 2.5mm; text-align: left; vertical-align: top; font-size: 10pt; }
        th { width: 32mm; font-weight: 600; }
        td { overflow-wrap: anywhere; }
        .secret { display: flex; gap: 8mm; align-items: center; break-inside: avoid; border: 2px solid #000; padding: 4mm;
          margin: 4mm 0; }
        .secret > :first-child { flex: 1; margin: 0; }
        .code { width: 52mm; height: 52mm; flex: none; }
        .key { font-size: 14pt; line-height: 1.7; font-weight: 600; }
        .key span { display: block; white-space: nowrap; }
        .words { columns: 3; column-gap: 4mm; padding: 0; list-style: none; counter-reset: word; font-size: 12pt; line-height: 1.75; }
        .words li { counter-increment: word; break-inside: avoid; white-space: nowrap; }
        .words li::before { content: counter(word) ". "; display: inline-block; width: 2.6em; text-align: right; margin-right: .5em;
          font-size: 9pt; color: #555; }
        @media print { section { padding: 0; border: 0; } body { max-width: none; padding: 0; } }
        """
}
