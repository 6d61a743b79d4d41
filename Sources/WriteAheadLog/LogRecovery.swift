/// What was found in a log's directory when it was read.
package struct LogRecovery: Sendable, Equatable {
    /// All records through this one were stored, as far as the log says; 0 when it says nothing.
    package var committed: UInt64 = 0
    /// The sequence that the first new record gets.
    package var nextSequence: UInt64 = 1
    /// Readable records past `committed`.
    package var uncommittedRecords = 0
    /// Bytes of their bodies.
    package var uncommittedBytes = 0
    /// Blocks that were about to be stored, in the order in which they were noted; only those with a record past
    /// `committed`. The store may have them or not, so they are to be stored again under the same tokens.
    package var intents: [LogIntent] = []
    package var tornTails: [LogTornTail] = []
    /// What could not be read, in the order of the files; the first `damagesMax`.
    package var damages: [LogDamage] = []
    /// Damages past `damagesMax`, which are only counted.
    package var damagesOmitted = 0
    /// What could not be read either, but held nothing past `committed`; the first `damagesMax`.
    package var committedDamages: [LogDamage] = []
    package var segments = 0
    /// Bytes of the segments on disk.
    package var bytes = 0

    /// A broken disk may cut a segment into a million stretches; a person reads the first few.
    package static let damagesMax = 1000

    /// Nothing was lost. A torn tail is the normal end of a process that was killed while it wrote.
    package var isClean: Bool { damages.isEmpty }
}

/// A record that a segment ends within, or zeros at its end: a write that had not been finished, nor acknowledged, when
/// the process was killed or the power went.
package struct LogTornTail: Sendable, Equatable {
    /// Name within the directory.
    package var file: String
    package var offset: Int
    /// Bytes from there to the end of the file.
    package var bytes: Int
}

/// A stretch of a segment that is not what was written.
package struct LogDamage: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// Where a record should begin is none; the stretch reaches to the next one that is whole.
        case header
        /// A record whose header is good and whose body is not.
        case body
        /// Records that a later segment knows of, and that are in no file any more.
        case missing
        /// A segment of another log, which lies in this directory; it is left alone.
        case otherLog
    }

    /// Name within the directory.
    package var file: String
    package var offset: Int
    package var length: Int
    package var kind: Kind
    /// The damaged record's, where its header is good; of `missing`, the last one.
    package var sequence: UInt64?
}
