extension Catalogue {
    /// Keys, passphrases, shares, the kit, and what is worth keeping.
    static let frenchKeys: [String: String] = [
        // Commands: keys
        "%1 keys are held by %2: name one by its id.": "%2 détient %1 clés : nommez-en une par son identifiant.",
        "%1 {pack or snapshot that was there is|packs and snapshots that were there are} open to it.":
            "%1 {paquet ou instantané déjà là lui est ouvert|paquets et instantanés déjà là lui sont ouverts}.",
        "%1 {snapshot was|snapshots were} signed with a key after it was revoked, and {does|do} not count.":
            "%1 {instantané a été signé|instantanés ont été signés} avec une clé après sa révocation, et ne {compte|comptent} pas.",
        "%1 {snapshot was|snapshots were} signed with it while it was being revoked, and {does|do} not count.":
            "%1 {instantané a été signé|instantanés ont été signés} avec elle pendant sa révocation, et ne {compte|comptent} pas.",
        "%1 {pack or snapshot|packs and snapshots} of others {is|are} open to %2.":
            "%1 {paquet ou instantané d’autres est ouvert|paquets et instantanés d’autres sont ouverts} à %2.",
        "A backup is running, or was cut off. If «reprise check» with the new key names what is not sealed to it, run «reprise key grant %1».":
            "Une sauvegarde est en cours, ou a été interrompue. Si « reprise check » avec la nouvelle clé nomme ce qui n’est pas scellé pour elle, lancez « reprise key grant %1 ».",
        "%1 {pack or snapshot is|packs and snapshots are} not sealed to the key of this check.":
            "%1 {paquet ou instantané n’est pas scellé|paquets et instantanés ne sont pas scellés} pour la clé de ce contrôle.",
        "%1 {pack or snapshot is|packs and snapshots are} not sealed to this key: whether {it opens|they open} was not looked at. «reprise key grant» opens everything to its holder.":
            "%1 {paquet ou instantané n’est pas scellé|paquets et instantanés ne sont pas scellés} pour cette clé : on n’a pas vu {s’il s’ouvre|s’ils s’ouvrent}. « reprise key grant » ouvre tout à son détenteur.",
        "A copy of the file from before is not locked. Without the passphrase only the kit opens the vault.":
            "Une copie antérieure du fichier n’est pas verrouillée. Sans la phrase de passe, seule la trousse ouvre le coffre.",
        "A holder's name is one line of at most 100 bytes.": "Le nom d’un détenteur tient sur une ligne d’au plus 100 octets.",
        "Bring the file to its holder by a safe way, and delete it here. On the other host REPRISE_KEY_FILE names it.":
            "Remettez le fichier à son détenteur par un chemin sûr, puis supprimez-le ici. Sur l’autre machine, REPRISE_KEY_FILE le désigne.",
        "Choose another name, or replace it with «reprise key rotate %1».":
            "Choisissez un autre nom, ou remplacez-la avec « reprise key rotate %1 ».",
        "Everything was open to %1 already.": "Tout était déjà ouvert à %1.",
        "For whom it is: a host or a person.": "Pour qui elle est : une machine ou une personne.",
        "HOLDER": "DÉTENTEUR",
        "If somebody else may have it, make a new vault, and back up into that.":
            "Si quelqu’un d’autre a pu l’obtenir, créez un nouveau coffre et sauvegardez dans celui-là.",
        "It may be the only key to a vault: it is never overwritten. Name another one.":
            "C’est peut-être la seule clé d’un coffre : il n’est jamais écrasé. Nommez-en un autre.",
        "It still opens what was sealed for it before. Take the store's credentials from its holder too.":
            "Elle ouvre encore ce qui a été scellé pour elle auparavant. Retirez aussi à son détenteur l’accès au stockage.",
        "KEY": "CLÉ",
        "Key file: %1, for %2 (%3).": "Fichier de clé : %1, pour %2 (%3).",
        "Key file: %1, for %2. The old key %3 is revoked.": "Fichier de clé : %1, pour %2. L’ancienne clé %3 est révoquée.",
        "Leave the key file without a passphrase.": "Laisser le fichier de clé sans phrase de passe.",
        "Later commands ask for it, or take it from REPRISE_PASSPHRASE or the file that REPRISE_PASSPHRASE_FILE names. The new one can come from REPRISE_NEW_PASSPHRASE or REPRISE_NEW_PASSPHRASE_FILE. It is never an argument.":
            "Les commandes suivantes la demandent, ou la prennent dans REPRISE_PASSPHRASE ou dans le fichier que désigne REPRISE_PASSPHRASE_FILE. La nouvelle peut venir de REPRISE_NEW_PASSPHRASE ou de REPRISE_NEW_PASSPHRASE_FILE. Elle n’est jamais un argument.",
        "Let a key count no more. Needs the recovery key.": "Ne plus compter une clé. Exige la clé de récupération.",
        "List who holds a key, and what it may do.": "Lister qui détient une clé, et ce qu’elle permet.",
        "Lists, adds and revokes the keys of a vault; locks a key file.":
            "Liste, ajoute et révoque les clés d’un coffre ; verrouille un fichier de clé.",
        "Lock the key file with a passphrase: typed, or from REPRISE_NEW_PASSPHRASE or REPRISE_NEW_PASSPHRASE_FILE.":
            "Verrouiller le fichier de clé avec une phrase de passe : tapée, ou prise dans REPRISE_NEW_PASSPHRASE ou REPRISE_NEW_PASSPHRASE_FILE.",
        "Lock this host's key file with a passphrase, or change or remove it.":
            "Verrouiller le fichier de clé de cette machine avec une phrase de passe, la changer ou la retirer.",
        "Make a key file for another host or person. Needs the recovery key.":
            "Créer un fichier de clé pour une autre machine ou personne. Exige la clé de récupération.",
        "New signing and reader keys: new packs are sealed for the new reader alone, and what is there is opened to it. What the old key could open, it still opens; the keys that name chunks and seal the index stay the same.":
            "De nouvelles clés de signature et de lecture : les nouveaux paquets sont scellés pour le nouveau lecteur seul, et ce qui est là lui est ouvert. Ce que l’ancienne clé pouvait ouvrir, elle l’ouvre encore ; les clés qui nomment les fragments et scellent l’index restent les mêmes.",
        "Open everything in a vault to a reader. Needs the recovery key.":
            "Ouvrir à un lecteur tout ce qui est dans un coffre. Exige la clé de récupération.",
        "Opening what is there to %1": "Ouverture de ce qui est là à %1",
        "Put it in the place of the old key file on the host of its holder. The old key still opens what was sealed for it before.":
            "Mettez-le à la place de l’ancien fichier de clé, sur la machine de son détenteur. L’ancienne clé ouvre encore ce qui a été scellé pour elle auparavant.",
        "Put the key file into a file, and name that with REPRISE_KEY_FILE.":
            "Mettez la clé dans un fichier, et désignez-le par REPRISE_KEY_FILE.",
        "ROLES": "RÔLES",
        "Replace a holder's key by a new one, and revoke the old. Needs the recovery key.":
            "Remplacer la clé d’un détenteur par une nouvelle, et révoquer l’ancienne. Exige la clé de récupération.",
        "SINCE": "DEPUIS",
        "STATE": "ÉTAT",
        "The key of %1 opens nothing: it is no reader's.": "La clé de %1 n’ouvre rien : ce n’est pas celle d’un lecteur.",
        "after «key add» was cut off, or a backup ran beside it":
            "après un « key add » interrompu, ou une sauvegarde menée en même temps",
        "«key add» and «key rotate» do this themselves. What was granted before is granted again, which does no harm and takes 32 bytes a pack.":
            "« key add » et « key rotate » le font eux-mêmes. Ce qui a déjà été ouvert l’est encore une fois, ce qui ne nuit pas et prend 32 octets par paquet.",
        "«reprise key add --role reader» makes one that does.": "« reprise key add --role reader » en crée une qui ouvre.",
        "The holder's name, or the key's id.": "Le nom du détenteur, ou l’identifiant de la clé.",
        "The key file %1 has no passphrase any more.": "Le fichier de clé %1 n’a plus de phrase de passe.",
        "The key file %1 is locked with the passphrase.": "Le fichier de clé %1 est verrouillé avec la phrase de passe.",
        "The key file to write.": "Le fichier de clé à écrire.",
        "The key of %1 is revoked already.": "La clé de %1 est déjà révoquée.",
        "The key of %1 is revoked. Its %2 {snapshot|snapshots} so far still {counts|count}.":
            "La clé de %1 est révoquée. {Son|Ses} %2 {instantané|instantanés} jusqu’ici {compte|comptent} toujours.",
        "The plan takes the key of this vault from the environment, where nothing can be written.":
            "Le plan prend la clé de ce coffre dans l’environnement, où rien ne peut être écrit.",
        "The recovery key cannot be revoked or replaced: everything hangs on it.":
            "La clé de récupération ne peut être ni révoquée ni remplacée : tout en dépend.",
        "The recovery key is typed, piped in, or in the file that REPRISE_RECOVERY_KEY_FILE names. Writers seal for a new reader from their next backup on; what is there is opened to it at once, and so is what running backups put.":
            "La clé de récupération est tapée, lue sur l’entrée standard, ou dans le fichier que désigne REPRISE_RECOVERY_KEY_FILE. Les rédacteurs scellent pour un nouveau lecteur dès leur prochaine sauvegarde ; ce qui est là lui est ouvert aussitôt, de même que ce que déposent les sauvegardes en cours.",
        "The vault has no key of %1.": "Le coffre n’a pas de clé de %1.",
        "There is a key of %1 already.": "Il y a déjà une clé de %1.",
        "They are: %1.": "Ce sont : %1.",
        "What the key may do: writer, reader or keeper; may be repeated.":
            "Ce que la clé permet : writer (écrire), reader (lire) ou keeper (supprimer) ; peut être répété.",
        "What the key signed until now still counts, and nothing that it signs later; nobody seals for its reader any more. It opens what it could open, wherever its holder finds it: take the store's credentials from them too.":
            "Ce que la clé a signé jusqu’ici compte toujours, et rien de ce qu’elle signera ensuite ; plus personne ne scelle pour son lecteur. Elle ouvre ce qu’elle pouvait ouvrir, partout où son détenteur le trouve : retirez-lui aussi l’accès au stockage.",
        "a plain key file again": "de nouveau un simple fichier de clé",
        "a second server, which cannot read its backups": "un second serveur, qui ne peut pas lire ses sauvegardes",
        "a server that was stolen or retired": "un serveur volé ou mis au rebut",
        "adds and revokes keys": "ajoute et révoque les clés",
        "after alice's key file was lost or seen": "après la perte ou la fuite du fichier de clé d’alice",
        "asks for the new one twice": "demande deux fois la nouvelle",
        "in force": "en vigueur",
        "of the plan's first vault": "du premier coffre du plan",
        "revoked %1": "révoquée le %1",
        "shows who holds a key": "montre qui détient une clé",
        "somebody who restores": "quelqu’un qui restaure",
        "this key": "cette clé",
        "«reprise key list» shows all.": "« reprise key list » les montre toutes.",

        // Passphrases and typed keys
        "%1 shares are needed, and there are only %2.": "Il faut %1 parts, et il n’y en a que %2.",
        "A passphrase has at least %1 characters. Nothing was changed.":
            "Une phrase de passe a au moins %1 caractères. Rien n’a été changé.",
        "New passphrase:": "Nouvelle phrase de passe :",
        "No passphrase was typed.": "Aucune phrase de passe n’a été tapée.",
        "Nobody is there to type the new passphrase.": "Personne n’est là pour taper la nouvelle phrase de passe.",
        "Nobody typed the recovery key. Nothing was touched.": "Personne n’a tapé la clé de récupération. Rien n’a été touché.",
        "Open the vault with the recovery key, or shares of it, typed at a prompt or piped in.":
            "Ouvrir le coffre avec la clé de récupération ou ses parts, tapées à l’invite ou lues sur l’entrée standard.",
        "Passphrase of the key file %1:": "Phrase de passe du fichier de clé %1 :",
        "Put it into a file of mode 0600 and name that with REPRISE_NEW_PASSPHRASE_FILE, or run the command on a terminal.":
            "Mettez-la dans un fichier en mode 0600 désigné par REPRISE_NEW_PASSPHRASE_FILE, ou lancez la commande dans un terminal.",
        "Put the passphrase into a file of mode 0600 and name that with REPRISE_PASSPHRASE_FILE, or run the command on a terminal.":
            "Mettez la phrase de passe dans un fichier en mode 0600 désigné par REPRISE_PASSPHRASE_FILE, ou lancez la commande dans un terminal.",
        "Put the words of each share behind an empty line.": "Mettez les mots de chaque part après une ligne vide.",
        "Several words that have nothing to do with each other are good, and easy to keep in mind.":
            "Plusieurs mots sans rapport entre eux conviennent bien, et se retiennent facilement.",
        "Share %1 of %2 is right. Now the words of another one.": "La part %1 sur %2 est juste. Maintenant les mots d’une autre.",
        "The key file %1 is locked with a passphrase, and nobody is there to type it.":
            "Le fichier de clé %1 est verrouillé par une phrase de passe, et personne n’est là pour la taper.",
        "The recovery key or its shares are awaited on standard input, and nothing usable came.":
            "La clé de récupération ou ses parts sont attendues sur l’entrée standard, et rien d’utilisable n’est venu.",
        "The same again:": "La même encore une fois :",
        "The two passphrases differ. Nothing was changed.": "Les deux phrases de passe diffèrent. Rien n’a été changé.",
        "Type the recovery key, or the words of one share, from the kit. An empty line ends it.":
            "Tapez la clé de récupération de la trousse, ou les mots d’une part. Une ligne vide termine.",
        "Type them on a terminal, or pipe a file in that holds them.":
            "Tapez-les dans un terminal, ou envoyez sur l’entrée standard un fichier qui les contient.",

        // Commands: the kit
        "It may be a kit that nobody has printed yet. Move it away, or name another one with --out.":
            "C’est peut-être une trousse que personne n’a encore imprimée. Déplacez-la, ou nommez-en une autre avec --out.",
        "Nothing else is used: no key file, no environment. Some of the newest snapshot is read, and what was found is kept as evidence, signed by the recovery key itself; «reprise status» tells when that was.":
            "Rien d’autre ne sert : ni fichier de clé, ni environnement. Une partie du dernier instantané est lue, et le résultat est gardé comme preuve, signée par la clé de récupération elle-même ; « reprise status » dit quand c’était.",
        "Print it, keep it away from this machine, and delete the file. The vault's fingerprint on it: %1.":
            "Imprimez-la, gardez-la loin de cette machine, et supprimez le fichier. L’empreinte du coffre qui y figure : %1.",
        "Print the kit, keep it away from this machine, and delete its files: without it a lost key file is a lost vault.":
            "Imprimez la trousse, gardez-la loin de cette machine et supprimez ses fichiers : sans elle, perdre le fichier de clé, c’est perdre le coffre.",
        "Prove that what is on the printed kit opens the newest snapshot.":
            "Prouver que ce qui est sur la trousse imprimée ouvre le dernier instantané.",
        "Recovery kit: %1, and to be printed %2": "Trousse de récupération : %1, et à imprimer %2",
        "Split the recovery key into shares: how many open the vault, of how many.":
            "Diviser la clé de récupération en parts : combien ouvrent le coffre, sur combien.",
        "The printed kit opens the vault: %1 of snapshot %2 (%3) were read with it alone.":
            "La trousse imprimée ouvre le coffre : %1 de l’instantané %2 (%3) ont été lus avec elle seule.",
        "The recovery key is kept nowhere: it is typed, piped in, or in the file that REPRISE_RECOVERY_KEY_FILE names. Shares that were made before still open the vault.":
            "La clé de récupération n’est gardée nulle part : elle est tapée, lue sur l’entrée standard, ou dans le fichier que désigne REPRISE_RECOVERY_KEY_FILE. Les parts faites auparavant ouvrent toujours le coffre.",
        "The vault's fingerprint is %1: it must be the one on the paper.":
            "L’empreinte du coffre est %1 : ce doit être celle du papier.",
        "Where the kit is written: plain text where the name ends with .txt, else a page to print; may be repeated. (default: beside the key file)":
            "Où la trousse est écrite : en texte simple si le nom finit par .txt, sinon une page à imprimer ; peut être répété. (par défaut : à côté du fichier de clé)",
        "Write the recovery kit anew, whole or in shares. Needs the recovery key.":
            "Réécrire la trousse de récupération, entière ou en parts. Exige la clé de récupération.",
        "Writes the recovery kit anew; proves that the printed one opens the vault.":
            "Réécrit la trousse de récupération ; prouve que celle qui est imprimée ouvre le coffre.",
        "a kit of three shares, any two of which open everything":
            "une trousse de trois parts, dont deux quelconques ouvrent tout",
        "a page for each of three people, any two of whom open the vault":
            "une page pour chacune de trois personnes, dont deux quelconques ouvrent le coffre",
        "a page to print, beside the key file": "une page à imprimer, à côté du fichier de clé",
        "as plain text": "en texte simple",
        "never proven: «reprise kit test» tries the printed key": "jamais prouvé : « reprise kit test » essaie la clé imprimée",
        "proves that what is on the paper opens the vault": "prouve que ce qui est sur le papier ouvre le coffre",
        "recovery kit": "trousse",
        "tells when that was last done": "dit quand cela a été fait pour la dernière fois",
        "the printed key opened the vault on %1": "la clé imprimée a ouvert le coffre le %1",
        "type the recovery key, or the shares one after the other":
            "taper la clé de récupération, ou les parts l’une après l’autre",

        // The kit itself
        "Any %1 of the %2 shares open every backup of this vault; this one alone tells nothing. Keep it where the others are not.":
            "%1 quelconques des %2 parts ouvrent toutes les sauvegardes de ce coffre ; celle-ci seule n’apprend rien. Gardez-la là où ne sont pas les autres.",
        "Fingerprint": "Empreinte",
        "Give each of the pages at the end to another person or place, keep none of them on a computer, and delete the file.":
            "Donnez chacune des pages de la fin à une autre personne ou à un autre lieu, n’en gardez aucune sur un ordinateur, et supprimez le fichier.",
        "Id": "Identifiant",
        "Kit made": "Établie le",
        "On a machine with Reprise and the vault: «reprise snapshots --recovery» asks for the shares one after the other, in any order.":
            "Sur une machine avec Reprise et le coffre : « reprise snapshots --recovery » demande les parts l’une après l’autre, dans n’importe quel ordre.",
        "Place": "Lieu",
        "Prove now that these papers open the vault, and again every few months:":
            "Prouvez maintenant que ces papiers ouvrent le coffre, puis de nouveau tous les quelques mois :",
        "Prove now that this paper opens the vault, and again every few months:":
            "Prouvez maintenant que ce papier ouvre le coffre, puis de nouveau tous les quelques mois :",
        "Share %1 of %2: %3": "Part %1 sur %2 : %3",
        "The first four letters of each word are enough. A wrong word is noticed, and which one it is. The words are those of SLIP-0039, which other programs read too.":
            "Les quatre premières lettres de chaque mot suffisent. Un mot faux est remarqué, et l’on sait lequel. Les mots sont ceux de SLIP-0039, que d’autres programmes lisent aussi.",
        "The format is documented in docs/FORMAT.md of the project, and tools/read_vault.py reads it with nothing but Python and three common packages:":
            "Le format est décrit dans docs/FORMAT.md du projet, et tools/read_vault.py le lit avec Python et trois paquets courants seulement :",
        "The recovery key as a QR code": "La clé de récupération en code QR",
        "The recovery key of this vault is split into %1 shares. Any %2 of them open every backup; fewer tell nothing. This page holds no secret.":
            "La clé de récupération de ce coffre est divisée en %1 parts. %2 quelconques d’entre elles ouvrent toutes les sauvegardes ; moins n’apprennent rien. Cette page ne contient aucun secret.",
        "The words as a QR code": "Les mots en code QR",
        "Vault": "Coffre",
        "Who has which share": "Qui a quelle part",
        "Without a file: every command takes --recovery, and then asks for what is on the paper.":
            "Sans fichier : chaque commande accepte --recovery, et demande alors ce qui est sur le papier.",
        "2. Put the plan below into a file reprise.yaml, with the vault's new place, and bring enough shares together, each typed behind an empty line into a file that only you may read:":
            "2. Mettez le plan ci-dessous dans un fichier reprise.yaml, avec le nouvel emplacement du coffre, et réunissez assez de parts, chacune tapée après une ligne vide dans un fichier que vous seul pouvez lire :",

        // Pins
        "A pin is a signed record in the vault. Its own key lifts it, or one with the keeper role.":
            "Une épingle est un enregistrement signé dans le coffre. Sa propre clé la retire, ou une clé qui a le rôle keeper.",
        "A reason is one line of at most %1 bytes.": "Une raison tient sur une ligne d’au plus %1 octets.",
        "BY": "PAR",
        "Keep a snapshot whatever the rules of retention say; without one, list what is pinned.":
            "Garder un instantané quoi que disent les règles de conservation ; sans lui, lister ce qui est épinglé.",
        "Let the rules of retention decide about a snapshot again.":
            "Laisser de nouveau les règles de conservation décider d’un instantané.",
        "No snapshot is pinned.": "Aucun instantané n’est épinglé.",
        "PINNED": "ÉPINGLÉ LE",
        "Say which snapshot to pin: «reprise pin SNAPSHOT --reason …».":
            "Dites quel instantané épingler : « reprise pin INSTANTANÉ --reason … ».",
        "Snapshot %1 of %2 is not pinned any more.": "L’instantané %1 de %2 n’est plus épinglé.",
        "Snapshot %1 of %2 is pinned.": "L’instantané %1 de %2 est épinglé.",
        "That key lifts the pin, or one with the keeper role.": "Cette clé retire l’épingle, ou une clé qui a le rôle keeper.",
        "The pin %1 cannot be read.": "L’épingle %1 ne peut pas être lue.",
        "The snapshot %1 is not pinned.": "L’instantané %1 n’est pas épinglé.",
        "The snapshot %1 was pinned with the key of %2.": "L’instantané %1 a été épinglé avec la clé de %2.",
        "WHY": "POURQUOI",
        "Why, for people: one line.": "Pourquoi, pour les gens : une ligne.",
        "lets the rules decide again": "laisse de nouveau décider les règles",
        "lifts every pin of that snapshot": "retire toutes les épingles de cet instantané",
        "until it is unpinned": "jusqu’à ce qu’on retire l’épingle",
        "what is pinned, and why": "ce qui est épinglé, et pourquoi",

        // Retention
        "A tag is one word.": "Une étiquette est un seul mot.",
        "RETENTION": "CONSERVATION",
        "The preset %1 is not known.": "Le préréglage %1 n’est pas connu.",
        "There is no rule in it.": "Il n’y a aucune règle dedans.",
        "This is no number of snapshots.": "Ce n’est pas un nombre d’instantanés.",
        "Write a list of words, such as `[release, legal]`.": "Écrivez une liste de mots, telle que `[release, legal]`.",
        "Write a whole number from %1 to %2, or leave the key out.":
            "Écrivez un nombre entier de %1 à %2, ou retirez la clé.",
        "Write at least one, such as `daily: 7`, or take `keep` out to keep everything.":
            "Écrivez-en au moins une, telle que `daily: 7`, ou retirez `keep` pour tout garder.",
        "Write rules such as `{ last: 3, daily: 7, monthly: 12 }`, or one of: %1.":
            "Écrivez des règles telles que `{ last: 3, daily: 7, monthly: 12 }`, ou l’un de : %1.",
        "a restore took it, more than 7 days ago": "une restauration l’a pris, il y a plus de 7 jours",
        "before a restore": "avant une restauration",
        "goes": "part",
        "no rule of %1 keeps it (%2)": "aucune règle de %1 ne le garde (%2)",
        "no rules": "pas de règles",
        "pinned": "épinglé",
        "stays": "reste",
        "tag %1": "étiquette %1",
        "the newest": "le plus récent",
        "the newest complete": "le plus récent complet",
        "the newest proven": "le plus récent prouvé",

        // Vault
        "%1 of its chunks {is|are} in no index segment that can be read. A restore finds {it through its pack|them through their packs}, more slowly.":
            "%1 de ses fragments {n’est|ne sont} dans aucun segment d’index lisible. Une restauration {le trouve par son paquet|les trouve par leurs paquets}, plus lentement.",
        "%1 says something of the vault's keys that this program does not know.":
            "%1 dit des clés du coffre quelque chose que ce programme ne connaît pas.",
        "%1 was in the vault once and is not there any more.": "%1 a été dans le coffre et n’y est plus.",
        "Compare the words with the paper one by one. The first four letters of each are enough.":
            "Comparez les mots au papier un par un. Les quatre premières lettres de chacun suffisent.",
        "Each making of shares is a set of its own: take shares that were printed together.":
            "Chaque fabrication de parts est un jeu à elle : prenez des parts imprimées ensemble.",
        "Group %1 of the recovery key was mistyped; the checksum tells what is meant.":
            "Le groupe %1 de la clé de récupération était mal tapé ; la somme de contrôle dit ce qui est voulu.",
        "Is it the share of a wallet? Take one that is headed with the name of the vault.":
            "Est-ce la part d’un portefeuille ? Prenez-en une qui porte le nom du coffre en tête.",
        "It says whose key counts: somebody may be hiding a revocation. This host still heeds it. Put it back from a copy of the vault.":
            "Il dit quelles clés comptent : quelqu’un cache peut-être une révocation. Cette machine en tient toujours compte. Remettez-le depuis une copie du coffre.",
        "Only the recovery key may add and revoke keys.": "Seule la clé de récupération peut ajouter et révoquer des clés.",
        "Share %1 does not belong to the first one.": "La part %1 ne va pas avec la première.",
        "Share %1 has %2 {word|words} instead of %3.": "La part %1 a %2 {mot|mots} au lieu de %3.",
        "Share %1 is a sound share of something else: Reprise makes shares of one group and of 32 bytes.":
            "La part %1 est une part juste d’autre chose : Reprise fait des parts d’un seul groupe et de 32 octets.",
        "Share %1 is mistyped in more than one word: its checksum does not fit.":
            "La part %1 est mal tapée en plus d’un mot : sa somme de contrôle ne correspond pas.",
        "Take shares that were printed together, and compare each with its paper.":
            "Prenez des parts imprimées ensemble, et comparez chacune à son papier.",
        "The key file %1 is locked with a passphrase.": "Le fichier de clé %1 est verrouillé par une phrase de passe.",
        "The key of %1 was revoked: what it signs does not count any more.":
            "La clé de %1 a été révoquée : ce qu’elle signe ne compte plus.",
        "The passphrase does not open the key file %1.": "La phrase de passe n’ouvre pas le fichier de clé %1.",
        "The shares do not fit together, although each is sound by itself.":
            "Les parts ne vont pas ensemble, bien que chacune soit juste par elle-même.",
        "The vault has %1 readers already, and cannot have more.": "Le coffre a déjà %1 lecteurs, et ne peut pas en avoir plus.",
        "Revoke those that are not needed any more with «reprise key revoke».":
            "Révoquez ceux dont on n’a plus besoin avec « reprise key revoke ».",
        "The words %1 and %2 of share %3 stood in each other's place.":
            "Les mots %1 et %2 de la part %3 étaient à la place l’un de l’autre.",
        "These words of share %1 are in no share: %2.": "Ces mots de la part %1 ne sont dans aucune part : %2.",
        "Try again. If it is lost, make a new key file with the recovery key of the kit («reprise key rotate»).":
            "Réessayez. Si elle est perdue, créez un nouveau fichier de clé avec la clé de récupération de la trousse (« reprise key rotate »).",
        "Type it with --recovery, or name a file that holds it with REPRISE_RECOVERY_KEY_FILE.":
            "Tapez-la avec --recovery, ou désignez un fichier qui la contient par REPRISE_RECOVERY_KEY_FILE.",
        "Whoever holds the recovery key makes a new one with «reprise key add».":
            "Qui détient la clé de récupération en crée une nouvelle avec « reprise key add ».",
        "Word %1 of share %2 was another one; the checksum tells which is meant.":
            "Le mot %1 de la part %2 en était un autre ; la somme de contrôle dit lequel est voulu.",
        "Word %1 of share %2 was left out; the checksum tells which it is.":
            "Le mot %1 de la part %2 manquait ; la somme de contrôle dit lequel c’est.",
        "Word %1 of share %2 was one too many.": "Le mot %1 de la part %2 était de trop.",
        "Word %1 of share %2 was spelt wrongly; the only word that is near was taken.":
            "Le mot %1 de la part %2 était mal écrit ; le seul mot proche a été pris.",
        "it lacks a part that every locked key file has.": "il lui manque une partie que tout fichier de clé verrouillé a.",
        "it lacks a part.": "il lui manque une partie.",
        "it names another recovery key than this key file does.": "il nomme une autre clé de récupération que ce fichier de clé.",
        "it names no signer.": "il ne nomme aucun signataire.",
        "its contents are not those of a key's object.": "son contenu n’est pas celui d’un objet de clé.",
        "its name is not that of a key's object.": "son nom n’est pas celui d’un objet de clé.",
        "opening it would take more memory or time than any key file may ask for.":
            "l’ouvrir prendrait plus de mémoire ou de temps qu’un fichier de clé ne peut en demander.",
        "what is inside is for another vault than it says.": "ce qui est dedans est pour un autre coffre qu’il ne dit.",
    ]
}
