extension Catalogue {
    /// What a check finds, and what a repair does about it.
    static let frenchRepair: [String: String] = [
        // The command
        "The copy at %1 could not be asked, and may have %2. It was not given up.":
            "La copie à %1 n’a pas pu être interrogée, et a peut-être %2. Il n’a pas été abandonné.",
        "Run the same command again when the copy can be reached, or take it out of the plan if it is gone for good.":
            "Relancez la même commande quand la copie sera joignable, ou retirez-la du plan si elle est perdue pour de bon.",
        "The vault %1 of the plan could not be asked, and may have what is to be given up.":
            "Le coffre %1 du plan n’a pas pu être interrogé, et a peut-être ce qui doit être abandonné.",
        "Run the same command again when it can be reached, or take it out of the plan if it is gone for good.":
            "Relancez la même commande quand il sera joignable, ou retirez-le du plan s’il est perdu pour de bon.",
        "Check that a vault holds what it lists, unharmed, and repair it.":
            "Vérifie qu’un coffre contient, intact, tout ce qu’il liste, et le répare.",
        "put right what was found": "réparer ce qui a été trouvé",
        "Packs are hashed, and with a reader key opened and compared with their names too. What was found is kept as evidence.\n\nA repair rebuilds a lost index from the packs, saves what is good of damaged packs, fetches what is lost or cannot be read from the plan's other copies of the vault, and lets the next backup store again what is lost there too. It deletes nothing that can be read, and backups may run meanwhile. It needs a key file with the keeper role; to look into damaged packs the reader role too. The recovery key of the kit has both.":
            "L’empreinte des paquets est vérifiée ; avec une clé de lecture, ils sont aussi ouverts et comparés à leurs noms. Le résultat est gardé comme preuve.\n\nUne réparation refait un index perdu à partir des paquets, sauve ce qui est bon dans les paquets endommagés, va chercher ce qui est perdu ou illisible dans les autres copies du coffre que nomme le plan, et laisse la prochaine sauvegarde enregistrer à nouveau ce qui y est perdu aussi. Elle n’efface rien de lisible, et des sauvegardes peuvent tourner pendant ce temps. Elle demande un fichier de clés avec le rôle keeper ; pour regarder dans les paquets endommagés, le rôle reader aussi. La clé de récupération du kit a les deux.",
        "Put right what is found, and what earlier checks have found.":
            "Répare ce qui est trouvé, et ce qu’ont trouvé les contrôles précédents.",
        "go on without a snapshot that cannot be read and that no copy has":
            "continuer sans un instantané illisible qu’aucune copie n’a",
        "With --repair: go on without an object that cannot be read, by the name that a check gives it; may be repeated. A snapshot is let go by that.":
            "Avec --repair : continue sans un objet illisible, par le nom que lui donne un contrôle ; répétable. Un instantané est ainsi abandonné.",
        "--give-up goes with --repair only.": "--give-up ne va qu’avec --repair.",
        "Repairing": "Réparation",
        "a repair on %1": "une réparation sur %1",

        // What a check finds
        "%1 {pack was|packs were} put aside: the next prune deletes {it|them} when nothing needs {it|them}.":
            "%1 {paquet mis|paquets mis} de côté : le prochain nettoyage {l’efface|les efface} dès que rien n’en dépend.",
        "What cannot be read:": "Ce qui ne peut pas être lu :",
        "  %1 of %2, %3: %4 of %5 {entry|entries}, %6 of %7.": "  %1 de %2, %3 : %4 {entrée|entrées} sur %5, %6 sur %7.",
        "  %1 of %2, %3: the list of what it holds, and with it the way to all that it names.":
            "  %1 de %2, %3 : la liste de ce qu’il contient, et avec elle le chemin vers tout ce qu’elle nomme.",
        "    Part of its list of entries is lost too, and with it the way to what that names.":
            "    Une partie de sa liste d’entrées est perdue aussi, et avec elle le chemin vers ce qu’elle nomme.",
        "    %1: %2 of %3": "    %1 : %2 sur %3",
        "    … and %1 more (--json names them)": "    … et %1 autres (--json les nomme)",
        "A part of the list of what it holds cannot be read.": "Une partie de la liste de ce qu’il contient est illisible.",
        "The list that keepers read cannot be read: %1 A restore does not need it, a prune does.":
            "La liste que lisent les gardiens est illisible : %1 Une restauration n’en a pas besoin, un nettoyage si.",
        "%1 {chunk that snapshots use is|chunks that snapshots use are} in no index segment that can be read. A restore finds {it through its pack|them through their packs}, more slowly.":
            "%1 {fragment dont se servent des instantanés n’est|fragments dont se servent des instantanés ne sont} dans aucun segment d’index lisible. Une restauration {le trouve par son paquet|les trouve par leurs paquets}, plus lentement.",
        "%1 {chunk that snapshots use is|chunks that snapshots use are} in no pack that the index names.":
            "%1 {fragment dont se servent des instantanés n’est|fragments dont se servent des instantanés ne sont} dans aucun paquet que nomme l’index.",

        // What a repair does
        "There is nothing that a repair could do.": "Il n’y a rien qu’une réparation puisse faire.",
        "%1 {pack|packs} (%2) {was|were} named in the index again.":
            "%1 {paquet|paquets} (%2) {nommé|nommés} à nouveau dans l’index.",
        "%1 unreadable {part of the index was|parts of the index were} removed.":
            "%1 {partie illisible de l’index retirée|parties illisibles de l’index retirées}.",
        "%1 {pack that is gone|packs that are gone} (%2) {was|were} taken out of the index.":
            "Paquets disparus retirés de l’index : %1 (%2).",
        "%1 damaged {pack|packs} (%2) {was|were} put aside.": "Paquets endommagés mis de côté : %1 (%2).",
        "Good chunks copied from damaged packs: %1 (%2). Chunks that could not be saved: %3.":
            "Bons fragments copiés des paquets endommagés : %1 (%2). Fragments qui n’ont pu être sauvés : %3.",
        "%1 {list for keepers was|lists for keepers were} written again from what {its snapshot holds|their snapshots hold}.":
            "Listes pour les gardiens récrites d’après ce que contiennent leurs instantanés : %1.",
        "%1 holds chunks that this key does not open: they are left where they are. The recovery key may open them.":
            "%1 contient des fragments que cette clé n’ouvre pas : ils restent où ils sont. La clé de récupération les ouvre peut-être.",
        "%1 cannot be looked into without a reader key: what is good in it is left where it is. Run this again with one, or with the recovery key.":
            "%1 ne peut pas être examiné sans clé de lecture : ce qu’il a de bon reste où il est. Relancez avec une telle clé, ou avec la clé de récupération.",
        "%1 stays in the index: a prune has put aside what was saved of it. Run this again when that prune has ended.":
            "%1 reste dans l’index : un nettoyage a mis de côté ce qui en a été sauvé. Relancez quand ce nettoyage est terminé.",
        "%1 was damaged or missing when it was read first, and is not now. Look after the disk and the machine's memory.":
            "%1 était endommagé ou absent à la première lecture, et ne l’est plus. Surveillez le disque et la mémoire de la machine.",
        "Nothing is wrong any more.": "Tout est réparé.",
        "Snapshots and records that came from another copy of the vault: %1.":
            "Instantanés et enregistrements venus d’une autre copie du coffre : %1.",
        "%1 was given up.": "%1 : abandonné.",
        "A repair fetches what cannot be read from another copy of the vault. What none has can be given up by its name: «reprise check --repair --give-up OBJECT». A snapshot is let go by that. Before you give up what stands under condemned/, make sure that no prune and no repair is at work on any machine, not a suspended one either.":
            "Une réparation va chercher dans une autre copie du coffre ce qui est illisible. Ce qu’aucune n’a peut être abandonné par son nom : « reprise check --repair --give-up OBJET ». Un instantané est ainsi abandonné. Avant d’abandonner ce qui est sous condemned/, assurez-vous qu’aucun nettoyage ni aucune réparation n’est en cours sur aucune machine, même suspendue.",
        "It says which packs a prune will delete, so nobody may rely on any of them. Make sure that no prune and no repair is at work on any machine, not a suspended one either, then run «reprise check --repair --give-up %1».":
            "Il dit quels paquets un nettoyage va effacer : on ne peut donc se fier à aucun d’eux. Assurez-vous qu’aucun nettoyage ni aucune réparation n’est en cours sur aucune machine, même suspendue, puis lancez « reprise check --repair --give-up %1 ».",
        "Run «reprise check --repair», which fetches it from another copy of the vault. If none has it, «reprise check --repair --give-up %1» goes on without it.":
            "Lancez « reprise check --repair », qui va le chercher dans une autre copie du coffre. Si aucune ne l’a, « reprise check --repair --give-up %1 » continue sans lui.",
        "There is no snapshot, record, grant or condemnation %1 that cannot be read.":
            "Il n’y a pas d’instantané, d’enregistrement, d’octroi de clés ni de condamnation illisible du nom de %1.",
        "its name is not that of a grant.": "son nom n’est pas celui d’un octroi de clés.",
        "«reprise check» names what cannot be read.": "« reprise check » nomme ce qui est illisible.",
        "A prune or a repair is at work that may have read %1 while it could be read.":
            "Un nettoyage ou une réparation en cours a pu lire %1 quand il était encore lisible.",
        "Run the same command again when it has ended.": "Relancez la même commande quand il est terminé.",
        "says what to do about what cannot be read": "dit que faire de ce qui est illisible",
        "What is still wrong:": "Ce qui reste à réparer :",
        "saves what is good, and lets the next backup store again what is not":
            "sauve ce qui est bon, et laisse la prochaine sauvegarde enregistrer à nouveau le reste",
        "The next backup stores again what its source still has; older snapshots that share it are whole then too. What does not come back is lost: «reprise prune --forget ID» lets a snapshot go.":
            "La prochaine sauvegarde enregistre à nouveau ce que sa source a encore ; les instantanés plus anciens qui le partagent sont alors entiers eux aussi. Ce qui ne revient pas est perdu : « reprise prune --forget ID » laisse partir un instantané.",
        "stores again what the source still has": "enregistre à nouveau ce que la source a encore",

        // Parity
        "It is not there as it was written, and protects nothing.":
            "Il n’est pas là tel qu’il a été écrit, et ne protège rien.",
        "Adding parity": "Ajout de parité",
        "Parity for %1 {pack|packs} was added and takes %2.":
            "Une parité de %2 protège désormais %1 {paquet|paquets} de plus.",
        "%1 is damaged, and no parity protects it.": "%1 est endommagé, et aucune parité ne le protège.",
        "No parity was added: %1": "Aucune parité n’a été ajoutée : %1",
        "Parity protects %1 of %2 packs.": "La parité protège %1 paquets sur %2.",
        "%1 {pack|packs} (%2) came back whole by parity.":
            "%1 {paquet|paquets} (%2) {revenu entier|revenus entiers} grâce à la parité.",
        "Parity cannot bring %1 back: more than two objects of its group are gone or damaged.":
            "La parité ne peut pas faire revenir %1 : plus de deux objets de son groupe sont perdus ou endommagés.",
        "Parity for %1 {pack|packs} was written anew.": "La parité de %1 {paquet|paquets} a été récrite.",
        "Write `true` or `false`.": "Écrivez `true` ou `false`.",
        "%1 is neither true nor false.": "%1 n’est ni true ni false.",

        // Prune
        "%1 {chunk that snapshots use is|chunks that snapshots use are} in packs that the index does not name. Nothing was deleted.":
            "%1 {fragment dont se servent des instantanés est|fragments dont se servent des instantanés sont} dans des paquets que l’index ne nomme pas. Rien n’a été supprimé.",
        "Run «reprise check --repair», which puts them into the index again.":
            "Lancez « reprise check --repair », qui les remet dans l’index.",
    ]
}
