import LogProcessing
import TelemetryModel

extension TailingWork {
    /// A round over the open files: each has its turn, the first one is another each time.
    func readFiles() -> TailingRound {
        var round = TailingRound()
        var bytes = 0
        guard !order.isEmpty else { return round }
        // Files end while they have their turn.
        let turns = order
        let first = nextTurn % turns.count
        nextTurn = first + 1
        for step in turns.indices {
            guard bytes < options.roundBytesMax else {
                round.hasMore = true
                nextTurn = first + step
                break
            }
            guard let file = files[turns[(first + step) % turns.count]], file.file != nil else { continue }
            let (read, hasMore) = follow(file, bytesMax: options.fileBytesPerRound)
            bytes += read
            if hasMore { round.hasMore = true }
        }
        return round
    }

    /// Does what a file's state asks for until it asks for nothing more.
    private func follow(_ file: FollowedFile, bytesMax: Int) -> (read: Int, hasMore: Bool) {
        var bytes = 0
        // Each action changes what is asked next; the bound is a guard against a mistake here.
        for _ in 0..<64 {
            guard let handle = file.file, !file.restartsAfterCommit, !file.endsAfterCommit else { break }
            do throws(OpenFile.Failure) {
                file.status = try handle.status()
                switch file.state.observe(file.status, hasPending: file.hasPending, at: roundTime) {
                case .none:
                    closeBatch(of: file)
                    return (bytes, false)
                case .read:
                    guard bytes < bytesMax else {
                        closeBatch(of: file)
                        return (bytes, true)
                    }
                    bytes += try read(file, handle, bytesMax: bytesMax - bytes)
                case .restart: giveUp(file)
                case .flush: flush(file)
                case .finish:
                    try finish(file, handle)
                    flush(file)
                case .close(let reason):
                    flush(file)
                    closeBatch(of: file)
                    close(file, reason)
                    return (bytes, false)
                }
            } catch {
                count(error, file)
                break
            }
        }
        closeBatch(of: file)
        return (bytes, false)
    }

    private func close(_ file: FollowedFile, _ reason: TailedFile.CloseReason) {
        switch reason {
        case .inactive:
            if file.batches.isEmpty { closeFile(file, reason: reason.rawValue) }
        case .deleted:
            if file.batches.isEmpty { end(file) } else { file.endsAfterCommit = true }
        }
    }

    /// The content is no longer what was read: what was put together so far is given out, and reading begins anew.
    private func giveUp(_ file: FollowedFile) {
        flush(file)
        closeBatch(of: file)
        events.fileRestarted(file.label, offset: file.state.lineStart)
        if file.batches.isEmpty { restart(file) } else { file.restartsAfterCommit = true }
    }

    func count(_ failure: OpenFile.Failure, _ file: FollowedFile) {
        file.counters.problems[failure.name, default: 0] += 1
        snapshot.total.problems[failure.name, default: 0] += 1
        events.fileFailed(file.path, reason: failure.reason)
    }

    // MARK: Lines

    /// Reads on from the file's position.
    ///
    /// Each read begins with the bytes before that position: when these are not what they were, the file was cut and
    /// written again, however long it is now.
    ///
    /// - Returns: the bytes read.
    private func read(_ file: FollowedFile, _ handle: OpenFile, bytesMax: Int) throws(OpenFile.Failure) -> Int {
        if let head = registry[file.identity]?.head, head.bytes > 0,
            Fingerprint(of: handle, at: 0, bytes: head.bytes) != head
        {
            giveUp(file)
            return 0
        }
        let signature = file.status.signature
        var total = 0
        while total < bytesMax {
            let position = file.state.position
            let known = file.state.tail
            buffer.fileOffset = position - known.bytes
            buffer.count = 0
            let count = try handle.read(into: buffer.bytes, at: buffer.fileOffset)
            let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count])
            guard count >= known.bytes, Fingerprint(UnsafeRawBufferPointer(rebasing: bytes[..<known.bytes])) == known
            else {
                giveUp(file)
                return total
            }
            buffer.count = count
            let data = UnsafeRawBufferPointer(rebasing: bytes[known.bytes...])
            if position == 0, skipHole(file, handle, data) { continue }
            guard let reader = reader(of: file, handle, data) else {
                file.state.caughtUp(with: signature, at: roundTime)
                break
            }
            let read =
                file.state.scannedTo == nil
                ? readLines(file, reader.breaks, data)
                : try readEnd(file, reader.breaks, handle, data)
            total += read
            if read == 0 {
                file.state.caughtUp(with: signature, at: roundTime)
                break
            }
        }
        buffer.count = 0
        events.fileWorks(file.path)
        file.counters.bytes += total
        snapshot.total.bytes += total
        return total
    }

    /// Takes the lines that end in the data.
    ///
    /// - Returns: bytes by which the position moved.
    private func readLines(_ file: FollowedFile, _ breaks: LineBreaks, _ data: UnsafeRawBufferPointer) -> Int {
        let position = file.state.lineStart
        let mark = position == 0 ? markBytes(data) : 0
        var start = mark
        while let place = breaks.next(data, from: start, fileOffset: position) {
            let end = place + breaks.width
            take(
                UnsafeRawBufferPointer(rebasing: data[start..<place]), start: position + start, end: position + end,
                file, breaks)
            start = end
        }
        // A byte order mark alone is no line, and stays for the next time.
        guard start > mark, let tail = buffer.tail(before: position + start) else {
            return longLine(file, breaks, data)
        }
        file.state.advance(to: position + start, tail: tail, at: roundTime)
        return start
    }

    /// There is no line break in the data: when it is longer than a line may be, only the end of the line is looked for.
    private func longLine(_ file: FollowedFile, _ breaks: LineBreaks, _ data: UnsafeRawBufferPointer) -> Int {
        let limit = options.inputs[file.input].lineBytesMax + ReadBuffer.lineSlack
        guard data.count > limit else { return 0 }
        let count = data.count - data.count % breaks.width
        let end = file.state.position + count
        guard let tail = buffer.tail(before: end) else { return 0 }
        file.state.scanned(to: end, tail: tail, at: roundTime)
        return count
    }

    /// Looks for the end of a line that is too long; then its beginning is read again and taken.
    private func readEnd(
        _ file: FollowedFile, _ breaks: LineBreaks, _ handle: OpenFile, _ data: UnsafeRawBufferPointer
    ) throws(OpenFile.Failure) -> Int {
        let position = file.state.position
        let place = breaks.next(data, from: 0, fileOffset: position)
        let end = place.map { $0 + breaks.width } ?? (data.count - data.count % breaks.width)
        guard end > 0, let tail = buffer.tail(before: position + end) else { return 0 }
        guard place != nil else {
            file.state.scanned(to: position + end, tail: tail, at: roundTime)
            return end
        }
        try takeBeginning(file, handle, breaks, end: position + end)
        file.state.advance(to: position + end, tail: tail, at: roundTime)
        return end
    }

    /// Takes the line that begins at the file's position, of which the buffer holds the end at most.
    private func takeBeginning(
        _ file: FollowedFile, _ handle: OpenFile, _ breaks: LineBreaks, end: Int
    ) throws(OpenFile.Failure) {
        let lineStart = file.state.lineStart
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer.line[..<min(buffer.line.count, end - lineStart)])
        let count = try handle.read(into: room, at: lineStart)
        var line = UnsafeRawBufferPointer(rebasing: room[..<count])
        var start = lineStart
        if lineStart == 0 {
            start = markBytes(line)
            line = UnsafeRawBufferPointer(rebasing: line[start...])
        }
        take(line, start: start, end: end, file, breaks)
    }

    /// Takes what is behind the last line break as a line.
    private func finish(_ file: FollowedFile, _ handle: OpenFile) throws(OpenFile.Failure) {
        let end = file.status.size
        buffer.count = 0
        guard let reader = reader(of: file, handle, UnsafeRawBufferPointer(start: nil, count: 0), isWhole: true)
        else { return }
        try takeBeginning(file, handle, reader.breaks, end: end)
        let bytes = min(end, Fingerprint.tailBytesMax)
        let tail = Fingerprint(of: handle, at: end - bytes, bytes: bytes) ?? .empty
        file.counters.bytes += end - file.state.position
        snapshot.total.bytes += end - file.state.position
        file.state.advance(to: end, tail: tail, at: roundTime)
        file.state.finished()
    }

    // MARK: Beginnings

    private func markBytes(_ data: UnsafeRawBufferPointer) -> Int {
        TextEncoding.detect(data.prefix(3))?.markBytes ?? 0
    }

    /// What puts the file's lines together: by the mark at its beginning, else as configured.
    ///
    /// - Parameter isWhole: whether nothing more is to come.
    /// - Returns: nil when the bytes may be half a mark.
    private func reader(
        of file: FollowedFile, _ handle: OpenFile, _ data: UnsafeRawBufferPointer, isWhole: Bool = false
    ) -> EventReader? {
        if let reader = file.reader { return reader }
        var mark = Array(data.prefix(3))
        if file.state.position > 0 || data.isEmpty {
            mark = [0, 0, 0]
            let count = mark.withUnsafeMutableBytes { try? handle.read(into: $0, at: 0) }
            guard let count else { return nil }
            mark.removeLast(3 - count)
        }
        let marked = TextEncoding.detect(mark)?.encoding
        if marked == nil, !isWhole, mark.isEmpty || mark == [0xFF] || mark == [0xFE] || mark == [0xEF] { return nil }
        let input = options.inputs[file.input]
        let source = LogSource(
            path: file.label, inode: file.identity.inode, inputType: "log", hostName: options.hostName,
            serviceName: input.serviceName, fields: input.fields, encoding: marked)
        let reader = EventReader(
            input, encoding: marked ?? input.processing.encoding, source: source, processor: processors[file.input])
        file.reader = reader
        return reader
    }

    /// Steps over the zeros at the beginning of a file that was cut while its writer did not append.
    ///
    /// - Returns: whether the position moved.
    private func skipHole(_ file: FollowedFile, _ handle: OpenFile, _ data: UnsafeRawBufferPointer) -> Bool {
        guard data.first == 0, data.count > 2 else { return false }
        var end = min(handle.firstData(), file.status.size)
        if file.state.holeEnd > 0 {
            // Less than a page has no hole, but is zeros all the same.
            end = max(end, min(data.firstIndex { $0 != 0 } ?? 0, file.state.holeEnd))
        }
        guard end > 0 else { return false }
        let bytes = min(end, Fingerprint.tailBytesMax)
        guard let tail = Fingerprint(of: handle, at: end - bytes, bytes: bytes) else { return false }
        file.state.advance(to: end, tail: tail, at: roundTime)
        file.counters.problems["hole", default: 0] += 1
        snapshot.total.problems["hole", default: 0] += 1
        return true
    }
}
