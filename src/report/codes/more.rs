//! Longer texts for errors people meet: usual causes, and commands to try. A command stands on a line of its own,
//! four blanks in; a test runs each through the command line. It must not repeat the table.

/// Code and text.
#[rustfmt::skip]
pub(super) const ALL: &[(&str, &str)] = &[
    ("C2T-E010", "
The message names the path that was looked for. Usual causes: a typing error, another current folder than you think,
a disk or share that is not mounted, or a pattern the shell has not filled in. See what is there:

    ls -la
"),
    ("C2T-E011", "
Usual causes: the export belongs to another account, or the place for the bundle does. The program needs to read the
export and the attachments, and to write beside the place of the bundle: the bundle grows there in a hidden folder
and takes its name at the end. Write to a place of your own:

    close2twenty convert export -o ~/bundle
"),
    ("C2T-E012", "
The bundle grows beside its place, and what is sorted is written there once more before it is merged. Without
attachments, room for twice the unpacked export is enough. Attachments are linked where they can be and need no room
on the same disk; on another disk, leave them where they are:

    close2twenty convert export -o bundle --attachments downloads --no-copy-files

Nothing has to be tidied up: what was begun is removed.
"),
    ("C2T-E013", "
The words behind `cause:` are the system's own. Usual causes: a disk that fails, a share that was cut off, a name that
is too long for the file system, too many open files. Copy the export to a local disk and try again.
"),
    ("C2T-E020", "
The system allows this account no more processes or memory. One thread needs neither:

    close2twenty convert export -o bundle --threads 1
"),
    ("C2T-E021", "
There are files, but none of them holds a lead, contact, opportunity or activity that can be read. Usual causes: a
folder of settings only, an error page that was saved in place of the answer, another program's export. Ask what the
files hold:

    close2twenty audit export

In Close the export is made in Settings, Export: choose JSON, and tick the activities.
"),
    ("C2T-E023", "
The export is read twice, and in between a file has changed: a download still runs, or a script writes to the folder.
Convert a copy:

    cp -r export export-copy
    close2twenty convert export-copy -o bundle
"),
    ("C2T-E030", "
A bundle replaces only what is a bundle itself, or an empty folder: nothing of yours is overwritten by accident.

    close2twenty convert export -o another-bundle
"),
    ("C2T-E041", "
A bundle is the folder or zip that `convert` wrote: it has `manifest.json` at its top. Usual causes: a folder above or
below it was named, or the export in its place. What `convert --shard` writes is a part; join the parts first:

    close2twenty merge part-1 part-2 -o bundle
"),
    ("C2T-E042", "
Programs of one version write and read one layout. Convert the export again, with the map you have confirmed:

    close2twenty convert export -o bundle --mapping mapping.toml
"),
    ("C2T-E045", "
The zip has no list of what it holds, or the list does not fit. Usual cause: a download or copy that broke off. See
whether other programs can read it:

    unzip -t bundle.zip
"),
    ("C2T-E050", "
Ctrl-C, a closed terminal, or the system on shutdown. `convert` removes what it had written; `push`, `verify` and
`rollback` finish the request that is on its way, and go on from there when they are run again.
"),
    ("C2T-E060", "
The workspace file is written by `close2twenty workspace`, on a machine that can reach Twenty, and carried over. A
list of members may be written by hand; the least is one object for each with an e-mail address. Line and column in the
message say where the parser stopped.
"),
    ("C2T-E070", "
Files downloaded from Close must lie unpacked in a folder; sub-folders are fine, and the option may be given several
times:

    close2twenty convert export -o bundle --attachments downloads --attachments recordings
"),
    ("C2T-E083", "
Without a manifest the object is taken from the file's name (`people.csv`, `people-0001.csv`) or its headers. Say it:

    close2twenty check contacts.csv --object person
"),
    ("C2T-E110", "
The message shows the line. Usual causes: a text without quotes, a quote too few, a backslash in double quotes (write
it twice, or use single quotes), one table named twice.
"),
    ("C2T-E111", "
The map is strict, so that a misspelt line is not passed over in silence. A map for your export with all lines that may
stand in it, to compare with:

    close2twenty plan export -o fresh.toml
"),
    ("C2T-E140", "
With `--strict` the map must be one that a person has confirmed. Write it, read it (doubtful lines stand first), set
`confirmed = true` at its head, and convert with it:

    close2twenty plan export -o mapping.toml
    close2twenty convert export -o bundle --mapping mapping.toml --strict
"),
    ("C2T-E141", "
The map was confirmed for an export that held other things: fields, options, types or users have come or gone. `plan`
keeps what you decided and marks what is new; confirm that:

    close2twenty plan export -o mapping.toml
    close2twenty convert export -o bundle --mapping mapping.toml --strict
"),
    ("C2T-E150", "
The file is `reports/merges.csv` of a bundle, with its last column edited. Spreadsheets may write it with semicolons or
tabs; they may not remove columns or change ids.

    close2twenty convert export -o bundle --decisions merges.csv
"),
    ("C2T-E200", "
Every record and every value is counted twice, once as it is read and once by what became of it, and the two differ.
So something would have been lost, and no bundle was written. This is a fault of the program: report it with the lines
of the message. They name types and paths only, no values of yours.
"),
    ("C2T-E300", "
Make a key in Twenty: Settings, APIs & Webhooks. It never goes on the command line, where others could read it: put it
into the variable `TWENTY_API_KEY`, or into a file only you can read:

    close2twenty push bundle --url https://crm.example.com --api-key-file key.txt
"),
    ("C2T-E301", "
The address is the one you see in the browser, without a path: `https://crm.example.com`. Of Twenty's cloud it is
`https://api.twenty.com`.
"),
    ("C2T-E302", "
The file holds no certificate in PEM form (`-----BEGIN CERTIFICATE-----`). One in DER form can be turned into one:

    openssl x509 -inform der -in ca.der -out ca.pem
"),
    ("C2T-E303", "
Several tries were made, with pauses. Usual causes: the server is down or restarting, a wrong address, a proxy or
firewall between. See whether it answers at all:

    curl -i https://crm.example.com/healthz

Then run the same command again: it goes on where it was.
"),
    ("C2T-E304", "
The message says which of these it is: the key is wrong, was deleted or is another workspace's; its role lacks a right;
the address leads elsewhere (give `--url` the one in the message); the certificate is not trusted (`--ca-file`); the
workspace's quota is used up.
"),
    ("C2T-E310", "
The bundle was made with the map the program proposed, and nobody has looked at it. Look, set `confirmed = true`, and
convert with it:

    close2twenty plan export -o mapping.toml
    close2twenty convert export -o bundle --mapping mapping.toml
    close2twenty push bundle --url https://crm.example.com

Or take the proposed map as it is:

    close2twenty push bundle --url https://crm.example.com --accept-proposed-map
"),
    ("C2T-E312", "
A push of many records takes hours; `--dry-run` says how long. Make a key that lasts longer in Settings, APIs & Webhooks.
"),
    ("C2T-E314", "
A fresh Twenty ships a workflow that starts for each new person. The safe way is to let push put such workflows to
sleep and wake them at the end; that is in the journal, so a crash does not leave them asleep:

    close2twenty push bundle --url https://crm.example.com --pause-workflows
"),
    ("C2T-E315", "
A webhook would be called for each record, which may be millions of calls. Remove it until the push is done, or, if the
other side can bear it:

    close2twenty push bundle --url https://crm.example.com --allow-webhooks
"),
    ("C2T-E316", "
Records with the same key, e-mail address or domain are in the workspace. `update` overwrites what the bundle says,
`fill` only sets what is empty; the journal keeps the old values for `rollback`:

    close2twenty push bundle --url https://crm.example.com --existing fill
"),
    ("C2T-E330", "
One run at a time. If none is left, the other program still ends its last request, or runs on another machine that sees
the same folder.
"),
    ("C2T-E333", "
A rollback was begun and not ended; a push in between would leave half of each.

    close2twenty rollback bundle --url https://crm.example.com
"),
    ("C2T-E335", "
Something of the same name is there with another type, or a deleted field keeps its name. All of it, without changing
anything:

    close2twenty push bundle --url https://crm.example.com --dry-run
"),
    ("C2T-E340", "
The workspace is not as the bundle expects it: its schema was changed by hand, or the schema was never pushed. Push the
schema first, or save the workspace again and convert for it:

    close2twenty push bundle --url https://crm.example.com --only schema
    close2twenty workspace --url https://crm.example.com -o workspace.json
    close2twenty convert export -o bundle --workspace workspace.json
"),
    ("C2T-E342", "
Two keys of the row, say its e-mail address and its Close id, belong to two records of the workspace. Merge the two in
Twenty, or take one key out of the row in `push-rejects.csv`, then:

    close2twenty push bundle --url https://crm.example.com --rejects push-rejects.csv
"),
    ("C2T-E351", "
The server's words stand behind the code. Refused files are tried again only when asked for:

    close2twenty push bundle --url https://crm.example.com --only files --retry
"),
];
