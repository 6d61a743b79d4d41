import LogFiles
import TelemetryModel

/// A file of the mirror with the note of how far it is, its second name, and its share of the disk. Blocks.
///
/// Used by one owner at a time.
// Sendable: used by the actor that owns it only.
final class MirrorFile: @unchecked Sendable {
    /// Why something was not written.
    struct Failure: Error, Equatable {
        /// For counters.
        let name: String
        /// For a person.
        let reason: String
    }

    private(set) var position = MirrorPosition()
    /// The last failure to note the position, or to give the file its second name, which does not hinder writing.
    private(set) var sideFailure: Failure?
    private let file: RotatingFile
    private let copy: LinkedCopy?
    private let positionPath: String
    private let space: FileSpace
    /// What is written next belongs to another block than what is noted.
    private var isOtherBlock = false
    /// As the last process left it, until the file is open.
    private var left: MirrorPosition?

    init(
        _ options: RotatingFile.Options, copyPath: String? = nil, positionPath: String, space: FileSpace,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        file = RotatingFile(options, clock: clock)
        copy = copyPath.map { LinkedCopy($0, of: options, clock: clock) }
        self.positionPath = positionPath
        self.space = space
        if let bytes = try? ReplacedFile.read(positionPath),
            let known = MirrorPosition(String(decoding: bytes, as: UTF8.self))
        {
            position = known
            left = known
        }
        file.wholeLength = { [unowned self] identity, size in
            guard let left, !left.isDone, left.identity == identity, left.length < size else { return nil }
            return left.length
        }
    }

    var path: String { file.options.path }
    var rotations: Int { file.rotations }

    /// Makes the file, so that it is there to be followed before there is anything to write, and cuts off what a killed
    /// process has left half-written.
    func open() -> Failure? {
        do throws(FileFailure) {
            try prepare(for: 0)
        } catch {
            return Failure(error)
        }
        return nil
    }

    /// The first line of a block to write; nil when all of it is in the file.
    func firstLine(of token: String) -> Int? {
        if position.covers(token) { return nil }
        return position.token == token ? position.lines : 0
    }

    /// Appends some lines of a block.
    ///
    /// - Parameters:
    ///   - before: lines of the block that are in the file.
    ///   - after: the same after this.
    ///   - isLast: whether these are the last ones.
    func append(
        _ bytes: UnsafeRawBufferPointer, of token: String, before: Int, after: Int, isLast: Bool
    ) -> Failure? {
        if position.token != token {
            position.token = token
            position.lines = before
            position.isDone = false
            isOtherBlock = true
        }
        do throws(FileFailure) {
            try prepare(for: bytes.count)
        } catch {
            return Failure(error)
        }
        guard space.take(bytes.count) else {
            return Failure(
                name: "disk_bytes", reason: "the files of the mirror have no room within \(space.bytesMax) bytes")
        }
        if let failure = file.write(bytes) { return Failure(failure) }
        if let failure = copy?.write(bytes) { sideFailure = Failure(failure) }
        position.lines = after
        position.isDone = isLast
        notePosition()
        return nil
    }

    /// What is left of a block is given up: it must not be taken up again when there is room.
    func giveUp(_ token: String) {
        guard position.token == token, !position.isDone else { return }
        position.isDone = true
        notePosition()
    }

    /// Puts the file aside when it is old.
    func rotateIfOld() -> Failure? {
        guard file.isDue(0) else { return nil }
        return open()
    }

    /// Opens the file or the next one, and notes that before anything is written there.
    private func prepare(for bytes: Int) throws(FileFailure) {
        let known = position
        let change = try file.prepare(for: bytes)
        left = nil
        guard let identity = file.identity else { return }
        if change == .other, identity == known.identity, known.began.nanoseconds > 0, file.size > 0 {
            file.began = known.began
        }
        if let failure = copy?.follow(identity) { sideFailure = Failure(failure) }
        if change == .other || isOtherBlock { notePosition() }
    }

    private func notePosition() {
        position.identity = file.identity ?? position.identity
        position.length = file.size
        position.began = file.began
        isOtherBlock = false
        do throws(FileFailure) {
            // Not synced: after a loss of power the file may have less or more than is noted, and that much is repeated or
            // lacking there. The store has all of it.
            try ReplacedFile.write([Array(position.text.utf8)], to: positionPath, isSynced: false)
        } catch {
            sideFailure = Failure(error)
        }
    }

    /// The last side failure, which is forgotten then.
    func takeSideFailure() -> Failure? {
        defer { sideFailure = nil }
        return sideFailure
    }
}

extension MirrorFile.Failure {
    init(_ failure: FileFailure) {
        self.init(name: failure.name, reason: failure.reason)
    }
}
