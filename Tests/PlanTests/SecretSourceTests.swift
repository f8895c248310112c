import Plan
import Testing

@Suite struct SecretSourceTests {
    @Test(arguments: [
        ("env:DATABASE_URL", SecretSource.environment("DATABASE_URL")), ("env:_a1", .environment("_a1")),
        ("file:/run/secrets/db", .file("/run/secrets/db")),
        ("file:db.txt", .file("db.txt")), ("postgres://db/shop", .literal("postgres://db/shop")),
        (
            "postgresql://app@[::1]:5432,h2:5433/shop?sslmode=require",
            .literal("postgresql://app@[::1]:5432,h2:5433/shop?sslmode=require")
        ),
        ("postgres://db:5432/shop?application_name=a@b", .literal("postgres://db:5432/shop?application_name=a@b")),
        ("host=db dbname=shop", .literal("host=db dbname=shop")), ("postgres:///shop", .literal("postgres:///shop")),
        ("passfile=/x host=db", .literal("passfile=/x host=db")),
    ])
    func aSourceIsReadAndWrittenBack(text: String, source: SecretSource) throws {
        #expect(try SecretSource(text, literal: .connectionString) == source)
        #expect(source.description == text)
    }

    @Test(arguments: [
        "postgres://a:b@h/d", "postgres://a:b@h", "postgres://a:b/c@h/d", "postgres://a:b?c@h/d", "postgres://a:b@c@h/d",
        "postgres://h/d?password=x",
        "postgres://h/d?a=b&PASSWORD=x", "postgres://h/d?sslpassword=x", "postgres://h/d?p%61ssword=x", "host=h password=x",
        "password='x y' host=h",
        "host='a b' password =x", "https://user:token@example.org", "postgres://:b@h/d",
    ])
    func aPasswordIsFoundWhereverItStands(text: String) {
        #expect(throws: SecretSource.Flaw.holdsPassword) { try SecretSource(text, literal: .connectionString) }
    }

    @Test func aLiteralIsRefusedWhereASecretIsMeant() {
        #expect(throws: SecretSource.Flaw.unknownForm) { try SecretSource("postgres://h/d", literal: .refused) }
    }

    @Test(arguments: [
        ("", SecretSource.Flaw.empty), ("env:", .badEnvironmentName), ("env:A B", .badEnvironmentName),
        ("env:1A", .badEnvironmentName),
        ("env:$A", .badEnvironmentName), ("file:", .emptyPath), ("file:///x", .unknownForm), ("ENV:A", .unknownForm),
        ("mysql://h/d", .unknownForm),
    ])
    func whatIsNoSourceIsRefused(text: String, flaw: SecretSource.Flaw) {
        #expect(throws: flaw) { try SecretSource(text, literal: .connectionString) }
    }
}
