/// A phrase is kept as its English sentence. Read back it is that sentence, with nothing apart from it any more: said in another
/// language only where the catalogue has the whole of it.
extension Phrase: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(stringLiteral: try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
