import Testing

@testable import Recovery

/// What a script says, told apart as `psql` does, however it comes in pieces.
@Suite struct ScriptLexerTests {
    private struct Read: Equatable {
        /// What goes to each database, beginning with the one without a name.
        var parts: [[String]] = [["", ""]]
        var isWhole = false
        var reaches: [String] = []
    }

    private static func read(_ script: String, pieces: Int) -> Read {
        var lexer = ScriptLexer()
        var read = Read()
        func add(_ events: [ScriptLexer.Event]) {
            for event in events {
                switch event {
                case .bytes(let bytes): read.parts[read.parts.count - 1][1] += String(decoding: bytes, as: UTF8.self)
                case .connect(let name): read.parts.append([name, ""])
                }
            }
        }
        let bytes = Array(script.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            add(lexer.take(Array(bytes[start..<min(bytes.count, start + pieces)])))
        }
        add(lexer.finish())
        read.isWhole = lexer.isWhole
        read.reaches = lexer.reaches.map { "\($0.line): \($0.statement)" }
        return read
    }

    /// The same whatever the pieces are.
    private static func read(_ script: String) -> Read {
        let whole = read(script, pieces: 1 << 20)
        for pieces in [1, 2, 3, 7] { #expect(read(script, pieces: pieces) == whole, "in pieces of \(pieces)") }
        return whole
    }

    private static let dump = """
        --
        -- PostgreSQL database dump
        --

        \\restrict abc

        CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $_$ select ';' || $1 \\! ls
        \\connect elsewhere
        $_$;
        INSERT INTO t VALUES ('it''s; \\', E'a\\'b;
        \\! ls
        ');
        COPY public.t (a, b) FROM stdin;
        1\tit's
        \\N\t2; /*
        \\.
        /* a comment; /* in */ a
        \\connect comment
        */ SELECT "a;'b";

        \\unrestrict abc

        --
        -- PostgreSQL database dump complete
        --


        """

    @Test func aDumpGoesThroughAsItIsButForItsOwnRestriction() {
        let read = Self.read(Self.dump)
        let wanted = Self.dump.replacing("\\restrict abc", with: "").replacing("\\unrestrict abc", with: "")
        #expect(read == Read(parts: [["", wanted]], isWhole: true))
    }

    @Test func aScriptThatIsCutAnywhereIsNotWhole() {
        // Behind the last end there are only empty lines.
        let end = Self.dump.utf8.count - "\n--\n\n\n".utf8.count
        for length in stride(from: 40, to: end, by: 1) {
            let cut = String(decoding: Self.dump.utf8.prefix(length), as: UTF8.self)
            #expect(!Self.read(cut, pieces: 1 << 20).isWhole, "\(length)")
        }
    }

    @Test(arguments: [
        ("\\connect shop\n", "shop"), ("\\c \"a \"\"b\"\"\"\n", "a \"b\""),
        ("\\connect -reuse-previous=on \"dbname='it\\\\'s'\"\n", "it's"),
    ])
    func aScriptOfAWholeServerGoesFromDatabaseToDatabase(line: String, name: String) {
        let script = line.replacing("\\\\'", with: "\\'")
        #expect(Self.read("SELECT 1;\n" + script + "SELECT 2;\n").parts == [["", "SELECT 1;\n"], [name, "SELECT 2;\n"]])
    }

    @Test(arguments: [
        "\\! ls", "\\connect shop user host", "\\connect -reuse-previous=on \"host=evil dbname='x'\"", "\\i /etc/passwd",
    ])
    func psqlIsLeftToRefuseItsOwnCommands(line: String) {
        #expect(Self.read("SELECT 1;\n\(line)\n").parts == [["", "SELECT 1;\n\(line)\n"]])
    }

    @Test(arguments: [
        "COPY t FROM PROGRAM 'id';", "copy \"t\" (a, b)\nfrom /* x */ program 'id';", "COPY (SELECT a FROM b) TO '/tmp/x';",
        "COPY t FROM E'/etc/passwd';", "ALTER SYSTEM SET archive_command = 'id';", "LOAD 'evil';",
        "SELECT pg_catalog.pg_read_file('/etc/passwd');", "SELECT lo_import('/etc/passwd');",
    ])
    func whatReachesOutIsFound(statement: String) {
        #expect(Self.read("SELECT 1;\n" + statement + "\n").reaches.count == 1)
    }

    @Test(arguments: [
        "SELECT count(/* x */*), 1 /*/ a */;", "COPY program FROM stdin;\n1\n\\.\n", "COPY t TO STDOUT;",
        "INSERT INTO t VALUES ('COPY t FROM PROGRAM ''id'';');",
        "CREATE TABLE load (program text);", "ALTER TABLE system RENAME TO s;", "-- COPY t FROM PROGRAM 'id';\nSELECT 1;",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'COPY t FROM PROGRAM ''id'';';",
    ])
    func whatADumpMaySayIsLetThrough(statement: String) {
        let read = Self.read(statement + "\n")
        #expect(read.reaches == [] && read.isWhole)
    }
}
