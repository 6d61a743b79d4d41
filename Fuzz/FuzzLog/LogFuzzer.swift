import Foundation
import FuzzSupport
import TelemetryModel
import WriteAheadLog

/// Puts a damaged segment among the well-formed ones of its log, and looks at it, opens it, replays it, writes on.
///
/// Nothing may trap; a record that comes back has right checksums where it stands; and while no frame has been made up
/// with right checksums, every record that lies undamaged in its place comes back, and what does not is reported.
struct LogFuzzer {
    let template: LogTemplate
    private let directory: String

    init() {
        let memory = FileManager.default.fileExists(atPath: "/dev/shm")
        let root = memory ? "/dev/shm" : FileManager.default.temporaryDirectory.path
        directory = "\(root)/martlet-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
        do {
            template = try LogTemplate(directory: directory)
        } catch {
            LibFuzzer.fail("cannot make a log in \(directory): \(error)")
        }
        Self.directoryAtExit = directory
        atexit { try? FileManager.default.removeItem(atPath: LogFuzzer.directoryAtExit) }
    }

    // Written once, when the only fuzzer is made; read when the process ends.
    nonisolated(unsafe) private static var directoryAtExit = ""

    func seeds() -> [[UInt8]] {
        template.segments.indices.flatMap { index in
            let bytes = template.segments[index].bytes
            return [
                [UInt8(index)] + bytes, [UInt8(index)] + bytes.dropLast(9),
                [UInt8(index)] + bytes + [UInt8](repeating: 0, count: 50), [UInt8(index) | 0x10] + bytes,
                [UInt8(index) | 0x20] + bytes,
            ]
        }
    }

    /// Which segment an input replaces.
    static func index(_ choice: UInt8, of count: Int) -> Int { Int(choice & 0x0F) % count }

    private struct File {
        let segment: LogTemplate.Segment
        let bytes: [UInt8]
        let frames: [SegmentFrame]
    }

    /// Tests one input; ends the process when something is wrong.
    func test(_ input: [UInt8]) {
        guard let choice = input.first else { return }
        let damagedIndex = Self.index(choice, of: template.segments.count)
        var files: [File] = []
        for (index, segment) in template.segments.enumerated() {
            if choice & 0x10 != 0, index == damagedIndex + 1 { continue }
            if choice & 0x20 != 0, index < damagedIndex { continue }
            let bytes = index == damagedIndex ? Array(input.dropFirst()) : segment.bytes
            let frames = index == damagedIndex ? SegmentFrame.all(in: bytes, first: segment.first) : segment.frames
            files.append(File(segment: segment, bytes: bytes, frames: frames))
        }
        write(files)
        let damaged = files.first { $0.segment.name == template.segments[damagedIndex].name }
        let isForged = damaged.map { file in
            file.frames.contains { frame in
                !file.segment.frames.contains { $0.offset == frame.offset && $0.header == frame.header }
            }
        }
        let isShorter = damaged.map { $0.bytes.count < $0.segment.bytes.count } ?? true
        let isCut = isShorter || files.count < template.segments.count
        guard let (recovery, log) = open() else {
            // Only a made-up frame can say that another version wrote it, or have a sequence without bounds.
            if isForged != true, !isOtherVersion(damaged) { fail("an honest log is refused") }
            return
        }
        let entries = replay(log, recovery, files)
        if isForged == false { check(entries, recovery, files, isCut: isCut) }
        writeOn(log, entries, isForged: isForged != false)
    }

    private func write(_ files: [File]) {
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: directory)) ?? [] { unlink("\(directory)/\(name)") }
        for file in files {
            guard let stream = fopen("\(directory)/\(file.segment.name)", "w") else { fail("cannot write") }
            fwrite(file.bytes, 1, file.bytes.count, stream)
            fclose(stream)
        }
    }

    /// A header with a right checksum whose version is not ours stands at the start.
    private func isOtherVersion(_ file: File?) -> Bool {
        guard let file, file.bytes.count >= SegmentFrame.headerBytes, file.bytes[4] != 1 else { return false }
        var repaired = file.bytes
        SegmentFrame.repair(&repaired, at: 0, first: file.segment.first, repairsBody: false)
        return repaired == file.bytes && repaired.starts(with: SegmentFrame.magic)
    }

    /// Looking and opening say the same, or both refuse; nil when they do.
    private func open() -> (LogRecovery, WriteAheadLog)? {
        let inspected = Result { () throws(LogError) in try WriteAheadLog.inspect(directory: directory) }
        do throws(LogError) {
            let log = try WriteAheadLog(LogTemplate.options(directory), identity: LogTemplate.identity, epoch: 0xE3)
            switch inspected {
            case .success(let recovery):
                if recovery != log.recovery { fail("inspected \(recovery), opened \(log.recovery)") }
                return (recovery, log)
            case .failure(let error): fail("opened, but not inspected: \(error)")
            }
        } catch {
            if error.code != .notALog { fail("\(error)") }
            return nil
        }
    }

    private func replay(_ log: WriteAheadLog, _ recovery: LogRecovery, _ files: [File]) -> [LogEntry] {
        var entries: [LogEntry] = []
        do {
            try log.replay(onDamage: { fail("damaged since it was opened: \($0)") }) { entries.append($0) }
        } catch {
            fail("replay: \(error)")
        }
        let bodyBytes = entries.reduce(0) { $0 + $1.body.count }
        if entries.count != recovery.uncommittedRecords || bodyBytes != recovery.uncommittedBytes {
            fail("\(entries.count) records of \(bodyBytes) bytes, not as in \(recovery)")
        }
        var last = recovery.committed
        for entry in entries {
            if entry.sequence <= last { fail("record \(entry.sequence) after \(last)") }
            last = entry.sequence
            let isRight = files.contains { file in
                file.frames.contains {
                    $0.kind == SegmentFrame.recordKind && $0.isBodyRight && $0.sequence == entry.sequence
                        && $0.tag == entry.tag && $0.nanoseconds == entry.time.nanoseconds && $0.body == entry.body
                }
            }
            if !isRight { fail("record \(entry.sequence) is in no file") }
        }
        if recovery.nextSequence <= last { fail("the next sequence, \(recovery.nextSequence), is taken") }
        return entries
    }

    /// Of a log in which no frame is made up.
    private func check(_ entries: [LogEntry], _ recovery: LogRecovery, _ files: [File], isCut: Bool) {
        for entry in entries {
            let sequence = entry.sequence
            if entry.body != LogTemplate.body(of: sequence) || entry.tag != LogTemplate.tag(of: sequence)
                || entry.time != LogTemplate.time(of: sequence)
            {
                fail("record \(sequence) is not what was written")
            }
        }
        let kept = Set(entries.map(\.sequence))
        var isLost = false
        for file in files {
            for frame in file.segment.frames where frame.kind == SegmentFrame.recordKind {
                guard frame.isBodyRight, frame.sequence > recovery.committed, !kept.contains(frame.sequence) else {
                    continue
                }
                isLost = true
                if file.frames.contains(frame) { fail("record \(frame.sequence) is undamaged and does not come back") }
            }
        }
        if isLost, !isCut, recovery.isClean, recovery.tornTails.isEmpty { fail("a record is lost without a word") }
        // Without the earlier segments all that they had counts as stored: the first one's note says which.
        let first = files.first?.frames.first { $0.offset == 0 && $0.isBodyRight }
        let watermark = max(template.committed, first.map { $0.body.number(at: 16, bytes: 8) } ?? 0)
        if recovery.committed > watermark { fail("\(recovery.committed) is committed, at most \(watermark) was") }
    }

    /// One more record, which comes back with the others.
    private func writeOn(_ log: WriteAheadLog, _ entries: [LogEntry], isForged: Bool) {
        do {
            let added = try LogTemplate.append(to: log)
            try LogTemplate.wait { await log.close() }
            let again = try WriteAheadLog(LogTemplate.options(directory), epoch: 0xE4)
            var sequences: [UInt64] = []
            try again.replay { sequences.append($0.sequence) }
            if !isForged, sequences != entries.map(\.sequence) + [added] {
                fail("opened again it has \(sequences), not \(entries.map(\.sequence)) and \(added)")
            }
            try LogTemplate.wait { await again.close() }
        } catch {
            fail("writing on: \(error)")
        }
    }

    private func fail(_ message: String) -> Never {
        try? FileManager.default.removeItem(atPath: directory)
        LibFuzzer.fail(message)
    }
}
