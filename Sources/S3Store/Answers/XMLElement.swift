/// An element of the small XML documents that stores answer with: its name without a prefix, its text, its children.
///
/// Read without document types, so that no entity can grow, and with bounds on depth and number. Attributes are passed over.
struct XMLElement: Sendable, Equatable {
    let name: String
    fileprivate(set) var text = ""
    fileprivate(set) var children: [XMLElement] = []

    /// The root of a document, or nil where the bytes are none.
    init?(document bytes: [UInt8]) {
        var reader = XMLReader(bytes)
        guard let root = reader.document() else { return nil }
        self = root
    }

    fileprivate init(name: String) { self.name = name }

    subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text of a child, without blanks around it; nil where there is no such child.
    func value(_ name: String) -> String? {
        self[name].map { element in
            var text = Substring(element.text)
            while text.first?.isWhitespace == true { text.removeFirst() }
            while text.last?.isWhitespace == true { text.removeLast() }
            return String(text)
        }
    }
}

/// Reads a document from front to back, once.
private struct XMLReader {
    private let bytes: [UInt8]
    private var position = 0
    private var budget = 200_000

    private static let deepest = 24

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() -> XMLElement? {
        skip("\u{feff}")
        guard skipMisc(), let root = element(), skipMisc(), position == bytes.count else { return nil }
        return root
    }

    /// The element that begins here. Its children are gathered on a stack of our own: no document makes the program's overflow.
    private mutating func element() -> XMLElement? {
        var open: [(element: XMLElement, text: [UInt8])] = []
        while true {
            budget -= 1
            guard budget > 0 else { return nil }
            if skip("<!--") {
                guard skip(past: "-->") else { return nil }
            } else if skip("<?") {
                guard skip(past: "?>") else { return nil }
            } else if !open.isEmpty, skip("<![CDATA[") {
                let start = position
                guard skip(past: "]]>") else { return nil }
                open[open.count - 1].text += bytes[start..<position - 3]
            } else if !open.isEmpty, skip("</") {
                guard let last = open.popLast(), let name = name(), name == last.element.name, skipBlanks(), skip(">"),
                    let done = finished(last)
                else { return nil }
                if open.isEmpty { return done }
                open[open.count - 1].element.children.append(done)
            } else if skip("<") {
                guard let name = name(), let isEmpty = attributes() else { return nil }
                if isEmpty {
                    if open.isEmpty { return XMLElement(name: name) }
                    open[open.count - 1].element.children.append(XMLElement(name: name))
                } else {
                    open.append((XMLElement(name: name), []))
                    guard open.count <= Self.deepest else { return nil }
                }
            } else {
                guard !open.isEmpty, let text = characters() else { return nil }
                open[open.count - 1].text += text
            }
        }
    }

    private func finished(_ open: (element: XMLElement, text: [UInt8])) -> XMLElement? {
        guard let text = String(validating: open.text, as: UTF8.self) else { return nil }
        var element = open.element
        element.text = text
        return element
    }

    /// A name without its prefix.
    private mutating func name() -> String? {
        let start = position
        while position < bytes.count, Self.isNameByte(bytes[position]) { position += 1 }
        guard position > start, let name = String(validating: bytes[start..<position], as: UTF8.self) else { return nil }
        return name.split(separator: ":", omittingEmptySubsequences: true).last.map(String.init)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        !isBlank(byte) && !"<>/='\"&!?".utf8.contains(byte)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    /// Passes over attributes to the end of the tag: true where the element is empty, nil where this is no tag.
    private mutating func attributes() -> Bool? {
        while true {
            _ = skipBlanks()
            if skip("/>") { return true }
            if skip(">") { return false }
            guard name() != nil, skipBlanks(), skip("="), skipBlanks(), position < bytes.count else { return nil }
            let quote = bytes[position]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let end = bytes[(position + 1)...].firstIndex(of: quote)
            else { return nil }
            position = end + 1
        }
    }

    /// Text up to the next tag or entity, or one entity.
    private mutating func characters() -> [UInt8]? {
        guard position < bytes.count else { return nil }
        if bytes[position] == UInt8(ascii: "&") { return entity() }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "<"), bytes[position] != UInt8(ascii: "&") { position += 1 }
        return Array(bytes[start..<position])
    }

    private mutating func entity() -> [UInt8]? {
        guard let end = bytes[position...].prefix(16).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        position = end + 1
        switch name {
        case "amp": return [UInt8(ascii: "&")]
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default:
            let number =
                name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
            guard let scalar = number.flatMap(Unicode.Scalar.init) else { return nil }
            return Array(String(scalar).utf8)
        }
    }

    /// Passes over what may stand around the root: blanks, comments, instructions. A document type is refused.
    private mutating func skipMisc() -> Bool {
        while true {
            _ = skipBlanks()
            if skip("<!--") {
                guard skip(past: "-->") else { return false }
            } else if skip("<?") {
                guard skip(past: "?>") else { return false }
            } else {
                return true
            }
        }
    }

    private mutating func skipBlanks() -> Bool {
        while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
        return true
    }

    @discardableResult
    private mutating func skip(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func skip(past text: String) -> Bool {
        let wanted = Array(text.utf8)
        while position < bytes.count {
            if skip(text) { return true }
            guard let next = bytes[(position + 1)...].firstIndex(of: wanted[0]) else { break }
            position = next
        }
        position = bytes.count
        return false
    }
}
