//! What can be said of a file the export refers to, or of one that was found: one notice for each
//! reason, so that a report can name it, and a person knows what to do. It must not judge files.

use super::Notice;

macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $why:literal, $fix:literal;)*) => {
        $($(#[$doc])* pub const $name: Notice = Notice { code: $code, why: $why, fix: $fix };)*
        /// Every notice about files.
        pub const ALL: &[Notice] = &[$($name,)*];
    };
}

notices! {
    /// Missing: nothing in the folder matches.
    NOT_FOUND = "C2T-A001", "no file in the folder belongs to it", "download it from Close (its address is in the column url) into the folder, and convert again";
    /// Missing: nobody said where the files are.
    NO_FOLDER = "C2T-A002", "no folder of downloaded files was given", "convert again with --attachments DIR";
    /// Missing: the download list says that it was not there.
    SAID_MISSING = "C2T-A003", "the download list says that Close did not have it", "look for it in Close; if it is gone, nothing can be done";
    /// Missing: the download list says that access was refused.
    SAID_FORBIDDEN = "C2T-A004", "the download list says that Close refused access", "download it with the key of an admin, and convert again";
    /// Missing: the download list says that it had expired.
    SAID_EXPIRED = "C2T-A005", "the download list says that it had expired", "Close deletes old recordings: nothing can be done";
    /// Missing: a list names a file that is not in the folder.
    LISTED_NOT_THERE = "C2T-A006", "the download list names a file that is not in the folder", "download it again, or put it where the list says";
    /// Missing: a text shows an image that is in no list of files.
    UNLISTED_IMAGE = "C2T-A007", "the text shows an image that Close does not list among the files", "look at the message in Close; the image cannot be downloaded by itself";
    /// Rejected: no bytes.
    EMPTY = "C2T-A010", "the file is empty", "download it again";
    /// Rejected: another size than Close says.
    WRONG_SIZE = "C2T-A011", "the file has another size than Close says: the download was cut short, or it is another file", "download it again";
    /// Rejected: an answer that says what went wrong, saved under the name of the file.
    ERROR_PAGE = "C2T-A012", "the file holds the server's error message, not the content", "download it again, with a key that may read it";
    /// Rejected: the system does not let us read it.
    UNREADABLE = "C2T-A013", "the file cannot be read", "check its permissions and the disk";
    /// Rejected: what stands there leads out of the folder.
    OUTSIDE = "C2T-A014", "what stands in its place leads out of the folder", "put the file itself there: links are not followed, and lists may only name files below the folder";
    /// Rejected: several found files could be it.
    AMBIGUOUS = "C2T-A015", "several files could be it, and nothing tells which one is", "keep only the right one, or put it in a folder with the id of its record";
    /// Rejected: several references could mean the one found file.
    SHARED = "C2T-A016", "several records refer to a file of this name and size, and the folder holds one", "put it in folders with the ids of its records, or list it in a manifest.jsonl";
    /// Rejected: another checksum than the list says.
    WRONG_CHECKSUM = "C2T-A017", "the file has another SHA-256 than the download list says", "download it again";
    /// Rejected: a device, a socket, a pipe.
    NO_FILE = "C2T-A018", "what stands in its place is no file (a device, a socket or a pipe)", "put the file itself there";
    /// Attached, and flagged: another type than its name says.
    OTHER_TYPE = "C2T-A020", "the content is of another type than the name says", "open it in Twenty once: it is kept as it is";
    /// Attached, and flagged: Twenty would refuse this content under this name.
    REFUSED_NAME = "C2T-A021", "Twenty refuses this content under a name with this extension", "nothing to do when it is pushed: it is sent under a neutral name; by hand, rename it to .bin, .txt or .html";
    /// Attached, and flagged: a name without an extension.
    NO_EXTENSION = "C2T-A022", "the name has no extension, and Twenty asks for one", "nothing to do when it is pushed: it is sent under a neutral name; by hand, add one";
    /// Attached, and flagged: more than Twenty takes.
    TOO_LARGE = "C2T-A023", "the file is larger than the 1 GiB Twenty takes", "keep it elsewhere, and link to it";
    /// Attached, and flagged: nothing shows it.
    NO_TARGET = "C2T-A024", "the record it belongs to is not in the bundle: nothing shows the file", "export the record's lead as well, or attach it by hand";
    /// Unclaimed: no record names it.
    UNCLAIMED = "C2T-A030", "no record of the export refers to it", "look whether the export is complete; a file that was put on a lead by hand is in no activity: export the lead's files as well";
    /// Unclaimed: the reference that names it cannot use it.
    REFUSED = "C2T-A031", "it was found for a reference that cannot use it", "see the line of the reference";
    /// Unclaimed: one of several that could be what a record refers to.
    CANDIDATE = "C2T-A032", "it is one of several that could be what a record refers to", "see the line of the reference";
    /// Unclaimed: a preview.
    THUMBNAIL = "C2T-A033", "it is the preview of a file", "nothing to do";
    /// Unclaimed: a link.
    LINK = "C2T-A034", "it is a link, and links are not followed", "put the file itself there if it is needed";
    /// Unclaimed: neither file nor folder.
    ODD = "C2T-A035", "it is no file (a device, a socket or a pipe)", "take it out of the folder";
    /// Duplicate: no record names it, but its content is in the bundle.
    SAME_CONTENT = "C2T-A036", "no record refers to it, but its content is in the bundle", "nothing to do: it is a further copy";
    /// Unclaimed in a sample.
    NOT_IN_SAMPLE = "C2T-A037", "no record of the sample refers to it", "nothing to do: convert without --sample to see what is unclaimed";
    /// A folder that could not be listed.
    CLOSED_FOLDER = "C2T-A040", "the folder cannot be listed: what is in it was not found", "check its permissions";
    /// Folders too deep.
    TOO_DEEP = "C2T-A041", "the folders are nested too deep: what is below was not found", "move them up";
    /// A link to a folder.
    LINKED_FOLDER = "C2T-A042", "it is a link to a folder, and links are not followed", "name the folder itself with a further --attachments";
    /// A line of a list that makes no sense.
    BROKEN_LINE = "C2T-A043", "the line of the download list cannot be understood and was left out", "mend the line";
    /// A path of a list that leaves the folder.
    LEAVES = "C2T-A044", "the download list names a path outside of the folder, which is not followed", "name paths below the folder of the list";
    /// A bundle.
    OLD_BUNDLE = "C2T-A045", "it is a bundle that close2twenty wrote, and was left out", "nothing to do";
    /// A list that could not be read to its end.
    BROKEN_LIST = "C2T-A046", "the download list could not be read to its end", "check the file";
    /// A remark of `push`: files take the other way.
    NO_DIRECT = "C2T-A050", "the address Twenty hands out for files cannot be used from here: they go through its API instead", "nothing to do; large files go better when the server's SERVER_URL, or its storage, can be reached from here";
}

/// The notice with this code.
pub fn by_code(code: &str) -> Option<Notice> {
    ALL.iter().find(|notice| notice.code == code).copied()
}
