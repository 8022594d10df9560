//! Folders and lists with faults.
