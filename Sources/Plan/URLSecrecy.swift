/// Finds passwords in connection strings and URLs, so that none is kept in a plan or shown.
///
/// It would rather see a password where there is none than miss one: a text that does not parse as a plain address and still
/// looks like `name:something@` counts as holding one.
enum URLSecrecy {
    static func holdsPassword(_ text: String) -> Bool {
        if let schemeEnd = text.firstRange(of: "://") {
            return urlHoldsPassword(text[schemeEnd.upperBound...])
        }
        return keywordsHoldPassword(text)
    }

    private static func urlHoldsPassword(_ rest: Substring) -> Bool {
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = authority.lastIndex(of: "@") {
            let user = authority[..<at]
            if let colon = user.firstIndex(of: ":"), user.index(after: colon) != user.endIndex { return true }
        } else if !isPlainHostList(authority), let at = rest.lastIndex(of: "@"), rest[..<at].contains(":") {
            // `user:pass/word@host`: the slash ended what looked like the address.
            return true
        }
        guard let question = rest.firstIndex(of: "?") else { return false }
        return rest[rest.index(after: question)...].split(separator: "&").contains { parameter in
            isSecretKeyword(percentDecoded(parameter.prefix { $0 != "=" }))
        }
    }

    /// `host`, `host:5432`, `[::1]:5432`, several of them with commas between, or nothing at all.
    private static func isPlainHostList(_ authority: Substring) -> Bool {
        authority.split(separator: ",").allSatisfy { host in
            let afterBracket = host.first == "[" ? host.drop { $0 != "]" }.dropFirst() : host[...]
            guard let colon = afterBracket.firstIndex(of: ":") else { return true }
            return afterBracket[afterBracket.index(after: colon)...].utf8.allSatisfy { (48...57).contains($0) }
        }
    }

    private static func keywordsHoldPassword(_ text: String) -> Bool {
        // libpq allows spaces around the equals sign, so keywords are looked for as words before one.
        var word = ""
        var ended = false
        for character in text {
            if character == "=" {
                if isSecretKeyword(word) { return true }
                word = ""
                ended = false
            } else if character.isWhitespace || character == "'" {
                ended = true
            } else {
                if ended { word = "" }
                ended = false
                word.append(character)
            }
        }
        return false
    }

    private static func isSecretKeyword(_ keyword: String) -> Bool {
        let lowered = keyword.lowercased()
        return ["password", "passwd", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"].contains(
            lowered)
    }

    private static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
