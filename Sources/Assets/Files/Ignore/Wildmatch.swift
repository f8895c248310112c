/// Matches a text with a pattern of `.gitignore`, byte by byte, as git itself does.
///
/// `?` and `*` stand for anything but a slash, `**` between slashes for any number of folders, `[…]` for one byte of a set,
/// and a backslash takes the meaning from what follows.
enum Wildmatch {
    private enum Outcome {
        case match, noMatch
        /// No later start of the star before can help either.
        case abort, abortToDoubleStar
    }

    /// - Parameter crossesSlashes: whether `*` and `?` stand for a slash too: where the text is a name without any.
    static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, crossesSlashes: Bool) -> Bool {
        Array(pattern).withUnsafeBufferPointer { pattern in
            Array(text).withUnsafeBufferPointer { text in
                run(pattern, 0, text, 0, pathname: !crossesSlashes) == .match
            }
        }
    }

    private typealias Bytes = UnsafeBufferPointer<UInt8>
    private static let slash = UInt8(ascii: "/")

    private static func run(_ pattern: Bytes, _ from: Int, _ text: Bytes, _ start: Int, pathname: Bool) -> Outcome {
        func at(_ index: Int) -> UInt8 { index < pattern.count ? pattern[index] : 0 }
        func textAt(_ index: Int) -> UInt8 { index < text.count ? text[index] : 0 }
        var p = from
        var t = start
        while p < pattern.count {
            let wanted = pattern[p]
            let found = textAt(t)
            if t >= text.count, wanted != UInt8(ascii: "*") { return .abort }
            switch wanted {
            case UInt8(ascii: "\\"):
                p += 1
                if p >= pattern.count || pattern[p] != found { return .noMatch }
            case UInt8(ascii: "?"):
                if pathname, found == slash { return .noMatch }
            case UInt8(ascii: "*"):
                p += 1
                var matchesSlash: Bool
                if at(p) == UInt8(ascii: "*"), p < pattern.count {
                    let before = p - 2
                    while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
                    if !pathname {
                        matchesSlash = true
                    } else if before < 0 || pattern[before] == slash,
                        p >= pattern.count || pattern[p] == slash
                            || (pattern[p] == UInt8(ascii: "\\") && at(p + 1) == slash)
                    {
                        // `/**/` may stand for a single slash.
                        if at(p) == slash, p < pattern.count, run(pattern, p + 1, text, t, pathname: pathname) == .match {
                            return .match
                        }
                        matchesSlash = true
                    } else {
                        matchesSlash = false
                    }
                } else {
                    matchesSlash = !pathname
                }
                if p >= pattern.count {
                    if !matchesSlash, text[min(t, text.count)...].contains(slash) { return .abortToDoubleStar }
                    return .match
                }
                if !matchesSlash, pattern[p] == slash {
                    // A star before a slash takes everything up to the next one.
                    guard let next = text[min(t, text.count)...].firstIndex(of: slash) else { return .abort }
                    t = next
                    break
                }
                while true {
                    if t >= text.count { break }
                    let outcome = run(pattern, p, text, t, pathname: pathname)
                    if outcome != .noMatch {
                        if !matchesSlash || outcome != .abortToDoubleStar { return outcome }
                    } else if !matchesSlash, text[t] == slash {
                        return .abortToDoubleStar
                    }
                    t += 1
                }
                return .abort
            case UInt8(ascii: "["):
                guard let (isIn, end) = set(pattern, p + 1, found) else { return .abort }
                if !isIn || (pathname && found == slash) { return .noMatch }
                p = end
            default:
                if found != wanted { return .noMatch }
            }
            p += 1
            t += 1
        }
        return t < text.count ? .noMatch : .match
    }

    /// Whether the set that begins behind the bracket has `byte`, and where its closing bracket stands; nil where there is none.
    private static func set(_ pattern: Bytes, _ start: Int, _ byte: UInt8) -> (isIn: Bool, end: Int)? {
        var p = start
        guard p < pattern.count else { return nil }
        let isNegated = pattern[p] == UInt8(ascii: "!") || pattern[p] == UInt8(ascii: "^")
        if isNegated { p += 1 }
        var previous: UInt8 = 0
        var isIn = false
        var isFirst = true
        while true {
            guard p < pattern.count else { return nil }
            var wanted = pattern[p]
            if wanted == UInt8(ascii: "]"), !isFirst { break }
            isFirst = false
            if wanted == UInt8(ascii: "\\") {
                p += 1
                guard p < pattern.count else { return nil }
                wanted = pattern[p]
                if byte == wanted { isIn = true }
            } else if wanted == UInt8(ascii: "-"), previous != 0, p + 1 < pattern.count, pattern[p + 1] != UInt8(ascii: "]") {
                p += 1
                wanted = pattern[p]
                if wanted == UInt8(ascii: "\\") {
                    p += 1
                    guard p < pattern.count else { return nil }
                    wanted = pattern[p]
                }
                if previous <= byte, byte <= wanted { isIn = true }
                wanted = 0  // what ends a range begins none
            } else if wanted == UInt8(ascii: "["), p + 1 < pattern.count, pattern[p + 1] == UInt8(ascii: ":") {
                let name = p + 2
                guard let close = pattern[min(name, pattern.count)...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
                if close - 1 >= name, pattern[close - 1] == UInt8(ascii: ":") {
                    guard let has = isMember(byte, of: String(decoding: pattern[name..<close - 1], as: UTF8.self)) else {
                        return nil
                    }
                    if has { isIn = true }
                    p = close
                    wanted = 0
                } else if byte == wanted {
                    isIn = true
                }
            } else if byte == wanted {
                isIn = true
            }
            previous = wanted
            p += 1
        }
        return (isIn != isNegated, p)
    }

    private static func isMember(_ byte: UInt8, of name: String) -> Bool? {
        let isUpper = (0x41...0x5a).contains(byte)
        let isLower = (0x61...0x7a).contains(byte)
        let isDigit = (0x30...0x39).contains(byte)
        let isGraph = (0x21...0x7e).contains(byte)
        switch name {
        case "alnum": return isUpper || isLower || isDigit
        case "alpha": return isUpper || isLower
        case "blank": return byte == 0x20 || byte == 0x09
        case "cntrl": return byte < 0x20 || byte == 0x7f
        case "digit": return isDigit
        case "graph": return isGraph
        case "lower": return isLower
        case "print": return isGraph || byte == 0x20
        case "punct": return isGraph && !(isUpper || isLower || isDigit)
        case "space": return byte == 0x20 || (0x09...0x0d).contains(byte)
        case "upper": return isUpper
        case "xdigit": return isDigit || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
        default: return nil
        }
    }
}
