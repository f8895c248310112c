extension Catalogue {
    /// Buckets: their addresses, their credentials, and what their stores answer.
    static let frenchS3: [String: String] = [
        "This store replaces objects that must be new. The vault works around it: every write looks first, and a prune ends no backup that may still run, so one that was cut off on another host keeps its space. No data is at risk; a store that honours If-None-Match has no such limits.":
            "Ce stockage remplace des objets qui doivent être nouveaux. Le coffre s’en accommode : chaque écriture regarde d’abord, et un nettoyage ne clôt aucune sauvegarde qui tourne peut-être encore ; une sauvegarde coupée sur une autre machine garde donc sa place. Aucune donnée n’est en danger ; un stockage qui respecte If-None-Match n’a pas ces limites.",
        "The credentials in %1, for the vault %2, hold blanks or other characters that no key has.":
            "Les identifiants de %1, pour le coffre %2, contiennent des blancs ou d’autres caractères qu’aucune clé ne comporte.",
        "Copy them once more, without quotes.": "Recopiez-les, sans guillemets.",
        "The environment variable %1 is not set; it is needed for the vault %2.":
            "La variable d’environnement %1 n’est pas définie ; le coffre %2 en a besoin.",
        "Set it, or say in the plan where the credentials are: `credentials: file:PATH` or `credentials: profile:NAME`.":
            "Définissez-la, ou dites dans le plan où sont les identifiants : `credentials: file:CHEMIN` ou `credentials: profile:NOM`.",
        "There is no file %1; it is needed for the vault %2.": "Il n’y a pas de fichier %1 ; le coffre %2 en a besoin.",
        "The file %1 holds no credentials for the vault %2.": "Le fichier %1 ne contient pas d’identifiants pour le coffre %2.",
        "Write into it: a line [default], then aws_access_key_id = … and aws_secret_access_key = ….":
            "Écrivez-y une ligne [default], puis aws_access_key_id = … et aws_secret_access_key = ….",
        "There are no credentials for the vault %1: no profile %2 with both keys in %3.":
            "Il n’y a pas d’identifiants pour le coffre %1 : aucun profil %2 avec les deux clés dans %3.",
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or say in the plan where they are: `credentials: env:PREFIX`, `file:PATH` or `profile:NAME`.":
            "Définissez AWS_ACCESS_KEY_ID et AWS_SECRET_ACCESS_KEY, ou dites dans le plan où ils sont : `credentials: env:PRÉFIXE`, `file:CHEMIN` ou `profile:NOM`.",
        "Others on this machine may read the secrets in %1. Close it: `chmod 600 %2`.":
            "D’autres sur cette machine peuvent lire les secrets de %1. Fermez-le : `chmod 600 %2`.",
        "The file %1 is longer than %2 KiB.": "Le fichier %1 dépasse %2 Kio.",
        "The file %1 cannot be read.": "Le fichier %1 ne peut pas être lu.",
        "Write for example `s3://bucket/vault?region=eu-west-3`, or with your provider's address `s3://bucket/vault?endpoint=https://s3.example.org&region=…`.":
            "Écrivez par exemple `s3://compartiment/coffre?region=eu-west-3`, ou avec l’adresse de votre fournisseur `s3://compartiment/coffre?endpoint=https://s3.example.org&region=…`.",
        "A bucket's url has no blanks and no #.": "L’url d’un compartiment n’a ni blanc ni #.",
        "%1 is no name of a bucket: 3 to 63 letters in lower case, digits, dots and hyphens.":
            "%1 n’est pas un nom de compartiment : 3 à 63 lettres minuscules, chiffres, points et traits d’union.",
        "insecure= is neither true nor false.": "insecure= n’est ni true ni false.",
        "Write insecure=true, or leave it out.": "Écrivez insecure=true, ou omettez-le.",
        "The endpoint %1 is asked without encryption.": "Le serveur %1 est interrogé sans chiffrement.",
        "Write https://, or add &insecure=true where the way there is safe by itself.":
            "Écrivez https://, ou ajoutez &insecure=true si le chemin jusque-là est sûr par lui-même.",
        "%1 is no region.": "%1 n’est pas une région.",
        "Write it as your provider does, such as region=eu-west-3.":
            "Écrivez-la comme votre fournisseur, par exemple region=eu-west-3.",
        "style= is neither host nor path.": "style= n’est ni host ni path.",
        "Write style=path or style=host, or leave it out.": "Écrivez style=path ou style=host, ou omettez-le.",
        "An address made of numbers has no names of buckets in it.":
            "Une adresse faite de nombres ne contient pas de nom de compartiment.",
        "Write style=path.": "Écrivez style=path.",
        "What follows the bucket is no prefix.": "Ce qui suit le compartiment n’est pas un préfixe.",
        "The option %1 of a bucket's url is not known.": "L’option %1 de l’url d’un compartiment n’est pas connue.",
        "Known here: endpoint, region, style, insecure.": "Connues ici : endpoint, region, style, insecure.",
        "The option %1 of a bucket's url is said twice, or says nothing.":
            "L’option %1 de l’url d’un compartiment est dite deux fois, ou ne dit rien.",
        "Credentials stand in the vault's url.": "Des identifiants figurent dans l’url du coffre.",
        "Take them out, and change them: the file may have been shared. Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from where the vault's `credentials:` says: env:PREFIX, file:PATH or profile:NAME.":
            "Retirez-les, et changez-les : le fichier a pu être partagé. Les identifiants viennent de AWS_ACCESS_KEY_ID et AWS_SECRET_ACCESS_KEY, ou de là où le dit `credentials:` du coffre : env:PRÉFIXE, file:CHEMIN ou profile:NOM.",
        "The endpoint %1 is no address.": "Le serveur %1 n’est pas une adresse.",
        "Write it as endpoint=https://host or endpoint=https://host:port.":
            "Écrivez endpoint=https://hôte ou endpoint=https://hôte:port.",
        "A folder needs no credentials.": "Un dossier n’a pas besoin d’identifiants.",
        "Take the line out.": "Retirez la ligne.",
        "Write `env:PREFIX` (then PREFIX_ACCESS_KEY_ID and PREFIX_SECRET_ACCESS_KEY are read), `file:PATH` or `profile:NAME`.":
            "Écrivez `env:PRÉFIXE` (PRÉFIXE_ACCESS_KEY_ID et PRÉFIXE_SECRET_ACCESS_KEY sont alors lus), `file:CHEMIN` ou `profile:NOM`.",
        "This does not say where the credentials are to be found.": "Cela ne dit pas où trouver les identifiants.",
        "Write a folder, such as `./vault` or `/srv/backup/vault`, or a bucket, such as `s3://bucket/vault`.":
            "Écrivez un dossier, par exemple `./vault` ou `/srv/backup/vault`, ou un compartiment, par exemple `s3://compartiment/coffre`.",
        "Write `url: ./vault`, the folder in which the vault is to be, or `url: s3://bucket/vault`.":
            "Écrivez `url: ./vault`, le dossier où sera le coffre, ou `url: s3://compartiment/coffre`.",
        "The store's clock and this machine's are %1 s apart.":
            "L’horloge du stockage et celle de cette machine diffèrent de %1 s.",
        "Set this machine's clock: past 15 minutes the store refuses every request.":
            "Réglez l’horloge de cette machine : au-delà de 15 minutes, le stockage refuse toute requête.",
        "The store's clock and this machine's agree.": "L’horloge du stockage et celle de cette machine concordent.",
        "The bucket keeps versions: what is deleted stays, and is paid for, until a prune or a lifecycle rule of the bucket removes it.":
            "Le compartiment garde les versions : ce qui est supprimé reste, et se paie, jusqu’à ce qu’un nettoyage ou une règle de cycle de vie l’enlève.",
        "The vault can be written. Its store replaces objects that must be new, so backups that ended without a word on other hosts keep their space.":
            "Le coffre peut être écrit. Son stockage remplace des objets qui doivent être nouveaux : les sauvegardes coupées sans un mot sur d’autres machines gardent donc leur place.",
        "The store that this vault was made in did not: «reprise prune» will refuse here. Move the vault back, or make a new one.":
            "Le stockage où ce coffre a été créé ne le faisait pas : « reprise prune » refusera ici. Remettez le coffre à sa place, ou créez-en un nouveau.",
        "Nothing is at risk: every write looks first, and a prune ends no backup that may still run. A store that honours If-None-Match needs neither.":
            "Rien n’est en danger : chaque écriture regarde d’abord, et un nettoyage ne clôt aucune sauvegarde qui tourne peut-être encore. Un stockage qui respecte If-None-Match s’en passe.",
        "These credentials may not delete: whoever steals them cannot take the past away. «reprise prune» needs others.":
            "Ces identifiants ne peuvent pas supprimer : qui les vole ne peut effacer le passé. « reprise prune » en demande d’autres.",
        "The work on %1 was given up.": "Le travail sur %1 a été abandonné.",
        "Cannot %1 %2: %3 (%4://%5, %6 {try|tries} in %7 s).": "Impossible de %1 %2 : %3 (%4://%5, %6 {essai|essais} en %7 s).",
        "Is the network up, and are bucket and endpoint in the vault's url right? What is stored is not touched.":
            "Le réseau fonctionne-t-il, et l’url du coffre nomme-t-elle le bon compartiment et le bon serveur ? Ce qui est stocké n’est pas touché.",
        "%1 is already there.": "%1 est déjà là.",
        "%1 ends before the wanted bytes do.": "%1 se termine avant les octets voulus.",
        "The credentials for %1 have expired (%2).": "Les identifiants de %1 ont expiré (%2).",
        "Get new ones into %1, then run the same command again: what was uploaded is kept.":
            "Mettez-en de nouveaux dans %1, puis relancez la même commande : ce qui a été envoyé est gardé.",
        "%1 does not accept the credentials for %2 (%3).": "%1 n’accepte pas les identifiants de %2 (%3).",
        "Check the access key and the secret key in %1, and that they are this store's.":
            "Vérifiez la clé d’accès et la clé secrète dans %1, et que ce sont celles de ce stockage.",
        "There is no room to %1 %2 (%3).": "Il n’y a pas de place pour %1 %2 (%3).",
        "Nothing that was stored before is touched. Make room or raise the limit, then run the same command again.":
            "Rien de ce qui était stocké n’est touché. Faites de la place ou relevez la limite, puis relancez la même commande.",
        "There is no %1.": "Il n’y a pas de %1.",
        "%1 lets too few requests through to %2 %3: %4 (%5 {try|tries} in %6 s).":
            "%1 laisse passer trop peu de requêtes pour %2 %3 : %4 (%5 {essai|essais} en %6 s).",
        "Run the same command again later: what was uploaded is kept. Is something else using up this account's share?":
            "Relancez la même commande plus tard : ce qui a été envoyé est gardé. Autre chose épuise-t-il la part de ce compte ?",
        "Cannot %1 %2: %3 (%4 {try|tries} in %5 s).": "Impossible de %1 %2 : %3 (%4 {essai|essais} en %5 s).",
        "The store itself has trouble. Run the same command again later: what was uploaded is kept.":
            "Le stockage lui-même est en difficulté. Relancez la même commande plus tard : ce qui a été envoyé est gardé.",
        "Cannot %1 %2: %3.": "Impossible de %1 %2 : %3.",
        "There is no bucket %1 at %2.": "Il n’y a pas de compartiment %1 sur %2.",
        "Make the bucket with your provider, or correct the vault's url. Reprise makes no buckets.":
            "Créez le compartiment chez votre fournisseur, ou corrigez l’url du coffre. Reprise ne crée pas de compartiment.",
        "May not %1 %2: %3.": "Interdit de %1 %2 : %3.",
        "The credentials in %1 need the right %2 there; docs/s3.md has policies to copy.":
            "Les identifiants de %1 y ont besoin du droit %2 ; docs/s3.md donne des politiques à copier.",
        "%1 is not where the bucket %2 is asked for (%3).": "%1 n’est pas l’endroit où demander le compartiment %2 (%3).",
        "Correct endpoint=… and region=… in the vault's url.": "Corrigez endpoint=… et region=… dans l’url du coffre.",
        "The bucket %1 is in the region %2, not in %3.": "Le compartiment %1 est dans la région %2, pas dans %3.",
        "Write region=%1 into the vault's url.": "Écrivez region=%1 dans l’url du coffre.",
        "Set this machine's clock (a time service such as chrony keeps it right), then run the same command again.":
            "Réglez l’horloge de cette machine (un service de temps tel que chrony la garde juste), puis relancez la même commande.",
        "%1 refuses requests because its clock and this machine's are too far apart.":
            "%1 refuse les requêtes parce que son horloge et celle de cette machine diffèrent trop.",
        "%1 refuses requests because its clock and this machine's are %2 s apart: there it is %3, here %4.":
            "%1 refuse les requêtes parce que son horloge et celle de cette machine diffèrent de %2 s : là-bas il est %3, ici %4.",
        "What %1 answers is no list of %2.": "Ce que répond %1 n’est pas une liste de %2.",
        "%1 lists %2 in another order than that of the bytes of the names.":
            "%1 énumère %2 dans un autre ordre que celui des octets des noms.",
        "%1/%2 is already there.": "%1/%2 est déjà là.",
        "%1 begins no upload of %2 in parts.": "%1 ne commence pas l’envoi de %2 en parties.",
        "it does not hold what was sent": "il ne contient pas ce qui a été envoyé",
        "%1/%2 does not hold what was sent.": "%1/%2 ne contient pas ce qui a été envoyé.",
        "%1 is not empty.": "%1 n’est pas vide.",
        "Name an empty or new prefix for the vault: s3://%1/prefix.":
            "Nommez pour le coffre un préfixe vide ou nouveau : s3://%1/préfixe.",
        "%1 does not say how long %2 is.": "%1 ne dit pas quelle longueur a %2.",
        "There is no %1/%2.": "Il n’y a pas de %1/%2.",
        "%1/%2 ends before byte %3.": "%1/%2 se termine avant l’octet %3.",
        "the answer was cut off": "la réponse a été coupée",
        "the answer is longer than what was asked for": "la réponse est plus longue que ce qui était demandé",
        "its certificate is not trusted: it has expired, or nobody whom this machine trusts has signed it":
            "son certificat n’inspire pas confiance : il a expiré, ou personne en qui cette machine a confiance ne l’a signé",
        "Is this machine's clock right? Where the store has an authority of its own, let AWS_CA_BUNDLE name the file with that authority's certificate.":
            "L’horloge de cette machine est-elle juste ? Si le stockage a sa propre autorité, que AWS_CA_BUNDLE désigne le fichier du certificat de cette autorité.",
        "its certificate is for another name than %1": "son certificat est pour un autre nom que %1",
        "Write the endpoint in the vault's url as the certificate has it, or add style=path there.":
            "Écrivez le serveur dans l’url du coffre comme le certificat le nomme, ou ajoutez-y style=path.",
        "the certificates of the trusted authorities cannot be read":
            "les certificats des autorités de confiance ne peuvent être lus",
        "Correct AWS_CA_BUNDLE: a file of certificates in PEM form, which takes the place of the system's.":
            "Corrigez AWS_CA_BUNDLE : un fichier de certificats au format PEM, qui remplace ceux du système.",
        "no encryption is spoken there": "personne n’y parle chiffré",
        "Are scheme and port of the endpoint in the vault's url right?":
            "Le protocole et le port du serveur dans l’url du coffre sont-ils justes ?",
        "the connection broke off before it was encrypted": "la connexion s’est rompue avant d’être chiffrée",
        "the encrypted connection was refused": "la connexion chiffrée a été refusée",
        "the connection broke off": "la connexion s’est rompue",
        "the connection broke off: %1": "la connexion s’est rompue : %1",
        "the connection was refused or not answered": "la connexion a été refusée ou est restée sans réponse",
        "the name %1 is not known": "le nom %1 n’est pas connu",
        "no answer came in time": "aucune réponse n’est venue à temps",
        "no connection came about in time": "aucune connexion ne s’est faite à temps",
        "the connection failed: %1": "la connexion a échoué : %1",
        "These credentials may not delete in %1, so there is nothing that a prune could do.":
            "Ces identifiants ne peuvent rien supprimer dans %1 : un nettoyage ne pourrait rien faire.",
        "Prune with a keeper's credentials.": "Nettoyez avec les identifiants d’un gardien.",
        "%1 replaces objects that must be new, and the store that this vault was made in did not.":
            "%1 remplace des objets qui doivent être nouveaux, ce que ne faisait pas le stockage où ce coffre a été créé.",
        "A prune might end a backup that is running and lose it. Move the vault back, or make a new one here with «reprise init»: backups and restores work in either.":
            "Un nettoyage pourrait clore une sauvegarde en cours et la perdre. Remettez le coffre à sa place, ou créez-en un nouveau ici avec « reprise init » : sauvegardes et restaurations marchent dans les deux.",
    ]
}
