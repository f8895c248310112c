@testable import Plan

/// Plans that tests begin with.
enum Examples {
    /// Everything a plan can say.
    static let full = """
        version: 1
        project: { name: shop, timezone: Europe/Paris, language: fr }
        vaults:
          local: { url: ./vault }
          far: { url: "file:///mnt/far/vault", key: env:FAR_KEY }
          cloud: { url: "s3://shop-backups/vault?region=eu-west-3", credentials: profile:backup, lock: { mode: compliance, for: 30d }, account: Hosting SA, keep: { monthly: 12 } }
          usb: { url: /media/usb/vault, removable: true, site: the safe, medium: disk, keep: supabase-pro }
        assets:
          db:
            kind: postgres
            url: env:DATABASE_URL
            objectives: { rpo: 24h, rto: 1h30m }
            lock_timeout: 500ms
            jobs: 4
            checks:
              - { name: orders-exist, sql: "select count(*) from orders", expect: "> 0" }
              - name: nobody-lost
                sql: |
                  select id from customers
                  where email is null
                expect: is empty
          archive:
            kind: postgres
            url: file:secrets/archive
            keep: { last: 3, hourly: 24, daily: 7, weekly: 4, monthly: 12, yearly: 5, within: 48h, tags: [release] }
        sandbox: { url: "postgres://drill@localhost/postgres" }
        """

    static let small = """
        version: 1
        project: { name: shop }
        vaults: { local: { url: ./vault } }
        assets: { db: { kind: postgres, url: env:DATABASE_URL } }
        """

    /// The small plan with another asset in it.
    static func asset(_ lines: String) -> String {
        let indented = lines.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n")
        return """
            version: 1
            project: { name: shop }
            vaults: { local: { url: ./vault } }
            assets:
              db:
            \(indented)
            """
    }

    static func problems(_ yaml: String) -> [PlanProblem] {
        do {
            _ = try Plan.parse(yaml, file: "reprise.yaml")
            return []
        } catch {
            return error.problems
        }
    }
}
