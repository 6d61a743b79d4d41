package import LogProcessing
package import TelemetryModel

/// Which log files are followed, and how.
package struct LogFileOptions: Sendable {
    package var inputs: [LogFileInput]
    /// Where the positions are kept; its folder has to be there.
    package var registryPath: String
    /// Between two looks for files.
    package var scanInterval = Duration.seconds(1)
    /// Between two looks at the files that are open.
    package var pollInterval = Duration.milliseconds(250)
    /// Files that are open at once. Others wait until one of these has been read to its end. A quarter of the descriptors
    /// that the process may have is the most, whatever stands here.
    package var openFilesMax = 1000
    /// Files that patterns may match; a wrong pattern should not walk a whole disk.
    package var filesMax = 100_000
    /// Text of a batch, which the sink takes as a whole.
    package var batchBytesMax = 1 << 20
    package var batchEventsMax = 2000
    /// Read of one file before the others have their turn.
    package var fileBytesPerRound = 1 << 20
    /// Read of all files before it is handed over: what bounds the memory of records under way.
    package var roundBytesMax = 4 << 20
    /// Batches of different files handed over at once.
    package var concurrentBatchesMax = 8
    /// A position is forgotten when its file was nowhere for so long.
    package var forgetAfter = Duration.seconds(3600)
    /// Files that this process writes, and what they become when they are rotated: they are never followed, whatever a
    /// pattern says.
    package var ownFiles: [String] = []
    /// `host.name` of the records; empty for none.
    package var hostName = ""

    package init(inputs: [LogFileInput], registryPath: String) {
        self.inputs = inputs
        self.registryPath = registryPath
    }
}

/// Files that are read in the same way.
package struct LogFileInput: Sendable {
    package enum Start: String, Sendable, CaseIterable {
        case beginning
        /// Of files that are there when the process first looks; later ones are read from their beginning.
        case end
    }

    /// Patterns: `GlobPattern`.
    package var paths: [String]
    /// Patterns of files that are left out; one without a slash is matched with the file's name alone.
    package var exclude: [String] = []
    /// How a line becomes a record: encoding, format, fields, processors.
    package var processing = LineProcessorOptions()
    package var multiline: MultilineOptions
    /// `service.name` of lines that name none; nil: by the file's name.
    package var serviceName: String?
    /// Labels of the streams.
    package var fields: [LogAttribute] = []
    package var start = Start.beginning
    /// A file that was last written before is not read, but from where it ends when it is written again; nil reads all.
    package var ignoreOlder: Duration?
    /// A longer line is cut.
    package var lineBytesMax = 1 << 20
    /// A file without new lines for so long is closed, and opened again when it has some.
    package var closeInactive = Duration.seconds(300)
    /// An incomplete last line of a file that has lost its name is taken as it is when nothing came for so long.
    package var partialLineTimeout = Duration.seconds(5)
    /// A deleted file is given up when nothing came for so long.
    package var closeDeleted = Duration.seconds(1)

    /// - Throws: for a pattern or a processor that is wrong.
    package func check() throws {
        for pattern in paths + exclude { _ = try GlobPattern.parse(pattern) }
        _ = try LineProcessor(processing)
    }

    package init(paths: [String]) {
        self.paths = paths
        multiline = MultilineOptions()
        multiline.timeout = .seconds(1)
    }
}

/// What a person has to read when the tailing cannot start.
package struct LogFileError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}
