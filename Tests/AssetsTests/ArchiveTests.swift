import Testing

@testable import Assets

@Suite("The list of an archive")
struct ArchiveTests {
    static let list = """
        ;
        ; Archive created at 2026-01-01 00:00:00 UTC
        ;     dbname: lab
        ;
        ;
        ; Selected TOC Entries:
        ;
        2; 3079 16394 EXTENSION - hstore 
        3684; 0 0 COMMENT - EXTENSION "hstore" 
        ;\tdepends on: 2
        8; 2615 16392 SCHEMA - app app_owner
        220; 1259 16652 TABLE app customer app_owner
        ;\tdepends on: 8 2 2
        221; 1259 16660 TABLE app orders app_owner
        ;\tdepends on: 8
        3688; 0 0 ACL app COLUMN "customer"."id" app_owner
        ;\tdepends on: 220
        3521; 2606 16674 FK CONSTRAINT app orders orders_customer_id_fkey postgres
        ;\tdepends on: 220 221
        3600; 0 0 TABLE ATTACH app ev_1 with space postgres

        """

    let archive = Archive(
        list: list, postData: "; x\n3521; 2606 16674 FK CONSTRAINT app orders orders_customer_id_fkey postgres\n")

    @Test("Entries keep their number, object and kind of several words")
    func entries() {
        #expect(archive.entries.map(\.number) == [2, 3684, 8, 220, 221, 3688, 3521, 3600])
        #expect(archive[220]?.oid == 16652)
        #expect(archive[3521]?.kind == "FK CONSTRAINT")
        #expect(archive[3600]?.kind == "TABLE ATTACH")
        #expect(archive[3600]?.label == "app ev_1 with space postgres")
        #expect(archive[2]?.isExtension(named: "hstore") == true)
        #expect(archive[2]?.isExtension(named: "hstor") == false)
    }

    @Test("What needs an extension is found through everything in between")
    func dependants() {
        #expect(archive.dependants(of: [2]) == [2, 3684, 220, 3688, 3521])
        #expect(archive.dependants(of: [221]) == [221, 3521])
    }

    @Test("Keys and rights come after the rows")
    func late() {
        #expect(archive.entries.filter(\.comesAfterRows).map(\.number) == [3688, 3521])
    }

    @Test("A list for pg_restore keeps the archive's order")
    func selection() {
        #expect(archive.list { [221, 8].contains($0.number) } == "8; 2615 16392 SCHEMA\n221; 1259 16660 TABLE\n")
    }

    @Test("Errors of pg_restore name their definition")
    func failures() {
        let text = """
            pg_restore: while PROCESSING TOC:
            pg_restore: from TOC entry 3; 3079 16385 EXTENSION postgis (no owner)
            pg_restore: error: could not execute query: ERROR:  extension "postgis" is not available
            DETAIL:  Could not open extension control file "x": No such file or directory.
            Command was: CREATE EXTENSION IF NOT EXISTS "postgis";


            pg_restore: from TOC entry 220; 1259 16652 TABLE t postgres
            pg_restore: error: could not execute query: ERROR:  type "g" does not exist
            LINE 2: x
            pg_restore: warning: errors ignored on restore: 2

            """
        let failures = RestoreFailure.all(in: text)
        #expect(failures.map(\.entry) == [3, 220])
        #expect(failures.first?.message.hasPrefix("ERROR:  extension \"postgis\" is not available DETAIL:") == true)
        #expect(failures.last?.message == "ERROR:  type \"g\" does not exist LINE 2: x")
    }

    @Test("What a newer pg_restore sets and an older server does not know is no failure")
    func timeout() {
        let text = """
            pg_restore: while INITIALIZING:
            pg_restore: error: could not execute query: ERROR:  unrecognized configuration parameter "transaction_timeout"
            Command was: SET transaction_timeout = 0;
            pg_restore: warning: errors ignored on restore: 1

            """
        #expect(RestoreFailure.all(in: text).isEmpty)
    }
}
