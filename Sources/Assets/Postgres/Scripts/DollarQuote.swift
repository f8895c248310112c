/// `body` between dollar quotes whose tag `body` does not hold: for DO blocks that stay readable.
func dollarQuoted(_ body: String) -> String {
    var tag = "$reprise$"
    var number = 1
    while body.contains(tag) {
        tag = "$reprise\(number)$"
        number += 1
    }
    return tag + body + tag
}
