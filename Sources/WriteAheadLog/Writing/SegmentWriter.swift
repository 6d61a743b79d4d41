#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One segment, open for writing at its end.
struct SegmentWriter {
    /// Frames that one call of `writev` gets. `IOV_MAX` is 1024 on Linux and macOS and a frame takes two buffers; held
    /// lower because the bodies' memory is pinned by one stack frame each. At 64 a call is 0.2 µs per record.
    private static let framesPerCall = 64

    let name: SegmentName
    /// Where the next frame goes.
    private(set) var bytes = 0
    /// The last record in it; 0 for none.
    private(set) var last: UInt64 = 0
    /// Written since the last sync.
    private(set) var isDirty = false
    private let descriptor: Int32
    private let files: any LogFileSystem

    /// Makes the file, which must not be there.
    init(_ name: SegmentName, path: String, files: any LogFileSystem) throws(SystemFailure) {
        self.name = name
        self.files = files
        descriptor = try files.create(path)
    }

    /// Writes frames at the end; when that fails, `bytes` and `last` are as before and the file may be longer.
    mutating func write(_ frames: [PendingFrame]) throws(SystemFailure) {
        var end = bytes
        var newLast = last
        var rest = frames[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Self.framesPerCall)
            rest = rest.dropFirst(chunk.count)
            var headers: [UInt8] = []
            headers.reserveCapacity(chunk.count * FrameHeader.byteCount)
            var offset = end
            for frame in chunk {
                FrameHeader(
                    kind: frame.kind, tag: frame.tag, epoch: name.epoch, sequence: frame.sequence,
                    nanoseconds: frame.nanoseconds, bodyBytes: UInt32(clamping: frame.body.count),
                    bodyChecksum: Checksum.of(frame.body)
                ).encode(to: &headers, at: FramePlace(offset: offset, segmentFirst: name.first))
                offset += frame.bytes
                if frame.kind == .record { newLast = frame.sequence }
            }
            try writeGathered(headers, chunk, at: end)
            end = offset
        }
        bytes = end
        last = newLast
    }

    /// Called after a write that a sync is to follow.
    mutating func markDirty() {
        isDirty = true
    }

    mutating func sync() throws(SystemFailure) {
        // Not dirty afterwards even if it fails: Linux reports a lost page once, and the next sync would succeed
        // without it ("fsyncgate", LWN 752063), so trying again says nothing.
        isDirty = false
        try files.sync(descriptor)
    }

    mutating func truncate(to end: Int) throws(SystemFailure) {
        try files.truncate(descriptor, to: end)
    }

    /// Takes back a group that was written and could not be synced.
    mutating func forget(after end: Int, last: UInt64) {
        bytes = end
        self.last = last
    }

    func close() {
        files.close(descriptor)
    }

    /// Writes header, body, header, body… without copying the bodies together.
    private func writeGathered(
        _ headers: [UInt8], _ frames: ArraySlice<PendingFrame>, at offset: Int
    ) throws(SystemFailure) {
        let result: Result<Void, SystemFailure> = headers.withUnsafeBytes { headers in
            var vectors: [iovec] = []
            vectors.reserveCapacity(frames.count * 2)
            return gather(headers, frames, &vectors) { vectors in writeAll(&vectors, at: offset) }
        }
        try result.get()
    }

    /// Calls `body` inside as many `withUnsafeBytes` as there are frames, since an array's memory has no address
    /// outside of one.
    private func gather(
        _ headers: UnsafeRawBufferPointer, _ frames: ArraySlice<PendingFrame>, _ vectors: inout [iovec],
        _ body: (inout [iovec]) -> Result<Void, SystemFailure>
    ) -> Result<Void, SystemFailure> {
        guard let frame = frames.first else { return body(&vectors) }
        let header = UnsafeRawBufferPointer(rebasing: headers.prefix(FrameHeader.byteCount))
        let others = UnsafeRawBufferPointer(rebasing: headers.dropFirst(FrameHeader.byteCount))
        vectors.append(iovec(header))
        guard !frame.body.isEmpty else { return gather(others, frames.dropFirst(), &vectors, body) }
        return frame.body.withUnsafeBytes { bytes in
            vectors.append(iovec(bytes))
            return gather(others, frames.dropFirst(), &vectors, body)
        }
    }

    /// Goes on after a short write.
    private func writeAll(_ vectors: inout [iovec], at start: Int) -> Result<Void, SystemFailure> {
        var offset = start
        var index = 0
        while index < vectors.count {
            var written: Int
            do throws(SystemFailure) {
                written = try vectors.withUnsafeBufferPointer { buffers throws(SystemFailure) in
                    try files.write(descriptor, UnsafeBufferPointer(rebasing: buffers[index...]), at: offset)
                }
            } catch {
                return .failure(error)
            }
            // No file says this of bytes that it was given; going on would never end.
            guard written > 0 else { return .failure(SystemFailure(EIO)) }
            offset += written
            while written > 0 {
                let length = vectors[index].iov_len
                if written >= length {
                    written -= length
                    index += 1
                } else {
                    vectors[index].iov_base += written
                    vectors[index].iov_len = length - written
                    written = 0
                }
            }
        }
        return .success(())
    }
}

extension iovec {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        // `writev` does not write there, though its declaration cannot say so.
        self.init(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}
