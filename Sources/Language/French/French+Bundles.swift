extension Catalogue {
    static let frenchBundles: [String: String] = [
        "The bundles that make the first listing of this vault quick could not be brought up to date: %1":
            "Les lots qui accélèrent la première liste de ce coffre n’ont pas pu être mis à jour : %1"
    ]
}
