public import Language

extension Plan {
    /// The commented `reprise.yaml` that `init` writes: a valid plan for one PostgreSQL database whose address is in
    /// `DATABASE_URL`.
    ///
    /// - Parameter timezone: an IANA name; one that `Plan.parse` does not know is replaced by `UTC`.
    public static func template(project: String, language: Language, timezone: String = "UTC") -> String {
        let name = quoted(project)
        let zone = PlanTimezone.named(timezone) == nil ? "UTC" : timezone
        return switch language {
        case .english: english(name, zone)
        case .french: french(name, zone)
        }
    }

    /// A YAML scalar of one line and at most 100 bytes.
    private static func quoted(_ text: String) -> String {
        var line = ""
        for character in text.trimmingSpaces() {
            let piece = character.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : String(character)
            guard !character.isNewline, line.utf8.count + piece.utf8.count <= 100 else { continue }
            line += piece
        }
        if line.trimmingSpaces().isEmpty { line = "project" }
        return scalar(line)
    }

    private static func english(_ name: String, _ zone: String) -> String {
        """
        # The recovery plan of this project: what is protected, where, and to which objectives.
        # Keep it in version control: it holds no secrets, only the places where they are to be found.
        #   reprise config validate   says whether it is right
        #   reprise config schema     prints everything that may be written here, for editors
        version: 1

        project:
          name: \(name)
          timezone: \(zone)
          language: en

        # Where snapshots are kept, encrypted. A vault on the same disk as the database burns with it:
        # name a folder that another machine holds, or copy the vault elsewhere.
        vaults:
          local:
            url: ./vault
          # Copies, which «reprise copy» brings up to date (make one with «reprise init --vault offsite --copy-of local»).
          # Each may keep its own snapshots, and say where and with whom it is, so that «reprise status» knows what one
          # failure takes:
          # offsite: { url: "s3://bucket/vault", credentials: env:OFFSITE, site: paris, account: hosting, keep: { monthly: 12 } }
          # usb: { url: /media/usb/vault, removable: true, site: safe }
          # A bucket; with object lock nobody can delete what backups need, for so long:
          # cloud: { url: "s3://bucket/vault", lock: { mode: compliance, for: 30d } }

        assets:
          db:
            kind: postgres
            # The environment variable that holds the connection string (or file:PATH). Never write a password here.
            url: env:DATABASE_URL
            objectives:
              rpo: 24h   # the most that may be lost: how old the newest snapshot may be
              rto: 1h    # the longest a recovery may take: drills measure it
            # How long a backup waits for a table that somebody has locked, and how many connections read at once:
            # lock_timeout: 10s
            # jobs: 2
            # What a drill asks the restored copy, besides comparing it with the original row by row:
            # checks:
            #   - { name: orders-exist, sql: "select count(*) from public.orders", expect: "> 0" }
            # Which snapshots are worth keeping; without this all of them. Or the name of a preset, such as supabase-pro:
            # keep: { last: 3, daily: 7, weekly: 4, monthly: 12 }
          # A folder, with what is left out as in a .gitignore:
          # uploads: { kind: files, path: ./uploads, exclude: [".cache/", "*.tmp"], objectives: { rpo: 24h, rto: 1h } }

        # Drills restore into a throw-away server on this machine. To use one of your own, where Reprise may create
        # and drop databases:
        # sandbox:
        #   url: env:SANDBOX_URL

        """
    }

    private static func french(_ name: String, _ zone: String) -> String {
        """
        # Le plan de reprise de ce projet : ce qui est protégé, où, et avec quels objectifs.
        # À garder dans le dépôt : il ne contient aucun secret, seulement les endroits où les trouver.
        #   reprise config validate   dit s'il est correct
        #   reprise config schema     donne tout ce qui peut s'écrire ici, pour les éditeurs
        version: 1

        project:
          name: \(name)
          timezone: \(zone)
          language: fr

        # Où sont gardés les instantanés, chiffrés. Un coffre sur le même disque que la base brûle avec elle :
        # choisir un dossier tenu par une autre machine, ou copier le coffre ailleurs.
        vaults:
          local:
            url: ./vault
          # Des copies, que « reprise copy » met à jour (pour en créer une : « reprise init --vault offsite --copy-of local »).
          # Chacune peut garder ses propres instantanés, et dire où et chez qui elle est, pour que « reprise status » sache
          # ce qu'une seule panne emporte :
          # offsite: { url: "s3://bucket/vault", credentials: env:OFFSITE, site: paris, account: hosting, keep: { monthly: 12 } }
          # usb: { url: /media/usb/vault, removable: true, site: safe }
          # Un compartiment ; avec un verrou, personne ne peut supprimer ce dont les sauvegardes ont besoin, pendant ce temps :
          # cloud: { url: "s3://compartiment/coffre", lock: { mode: compliance, for: 30d } }

        assets:
          db:
            kind: postgres
            # La variable d'environnement qui contient l'adresse de la base (ou file:CHEMIN). Jamais de mot de passe ici.
            url: env:DATABASE_URL
            objectives:
              rpo: 24h   # la perte maximale admise : l'âge que peut avoir le dernier instantané
              rto: 1h    # la durée maximale d'une reprise : les exercices la mesurent
            # Combien de temps une sauvegarde attend une table verrouillée, et combien de connexions lisent à la fois :
            # lock_timeout: 10s
            # jobs: 2
            # Ce qu'un exercice demande à la copie restaurée, en plus de la comparer à l'original ligne par ligne :
            # checks:
            #   - { name: orders-exist, sql: "select count(*) from public.orders", expect: "> 0" }
            # Quels instantanés garder ; sans cela, tous. Ou le nom d'un préréglage, tel que supabase-pro :
            # keep: { last: 3, daily: 7, weekly: 4, monthly: 12 }
          # Un dossier, avec ce qui en est exclu comme dans un .gitignore :
          # uploads: { kind: files, path: ./uploads, exclude: [".cache/", "*.tmp"], objectives: { rpo: 24h, rto: 1h } }

        # Les exercices restaurent dans un serveur jetable sur cette machine. Pour en utiliser un autre, où Reprise peut
        # créer et supprimer des bases :
        # sandbox:
        #   url: env:SANDBOX_URL

        """
    }
}
