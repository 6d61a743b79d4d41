import CLibdeflate

/// Unpacks gzip: members one after the other. Spec: RFC 1952.
///
/// libdeflate unpacks whole members only, and one member may be a file of many gigabytes, so `Inflater` does it.
final class GunzipSource: ByteSource {
    private enum Stage {
        case header, body, trailer, over
    }

    private var bits: BitReader
    private var inflater = Inflater()
    private var stage = Stage.header
    private var isFirst = true
    private var checksum: UInt32 = 0
    private var length: UInt32 = 0
    private(set) var failure: String?

    init(_ source: any ByteSource, start: [UInt8]) {
        bits = BitReader(source, start: start)
    }

    func read(into bytes: inout [UInt8]) throws(TelemetryFileError) -> Bool {
        do throws(InflateFailure) {
            while stage != .over {
                switch stage {
                case .header: try readHeader()
                case .body:
                    let start = bytes.count
                    let isLast: Bool
                    do throws(InflateFailure) {
                        isLast = try inflater.next(&bits, into: &bytes)
                    } catch {
                        // What was unpacked before the break counts.
                        inflater.drain(into: &bytes)
                        end(error)
                        return bytes.count > start
                    }
                    bytes.withUnsafeBufferPointer { buffer in
                        guard let base = buffer.baseAddress else { return }
                        checksum = libdeflate_crc32(checksum, base + start, buffer.count - start)
                    }
                    length &+= UInt32(truncatingIfNeeded: bytes.count - start)
                    if isLast { stage = .trailer }
                    if bytes.count > start { return true }
                case .trailer: try readTrailer()
                case .over: break
                }
            }
        } catch {
            end(error)
        }
        if let error = bits.failure { throw error }
        return false
    }

    private func end(_ error: InflateFailure) {
        stage = .over
        failure = error == .cutShort ? "the gzip data is cut short" : "not valid gzip: \(error.reason)"
    }

    private func readHeader() throws(InflateFailure) {
        guard let first = bits.byte() else {
            stage = .over
            if isFirst { throw .cutShort }
            return
        }
        // Tapes and pipes fill up with zeros, as gzip itself overlooks.
        if !isFirst, first == 0 {
            stage = .over
            return
        }
        guard first == 0x1F, try next() == 0x8B else {
            throw .invalid(isFirst ? "no gzip header" : "bytes behind the last member")
        }
        guard try next() == 8 else { throw .invalid("unknown method of compression") }
        let flags = try next()
        for _ in 0..<6 { _ = try next() }
        if flags & 4 != 0 {
            let count = Int(try next()) | Int(try next()) << 8
            for _ in 0..<count { _ = try next() }
        }
        // Name and comment end with a zero.
        for flag in [8, 16] as [UInt8] where flags & flag != 0 { while try next() != 0 {} }
        if flags & 2 != 0 { for _ in 0..<2 { _ = try next() } }
        isFirst = false
        inflater = Inflater()
        checksum = 0
        length = 0
        stage = .body
    }

    private func readTrailer() throws(InflateFailure) {
        bits.align()
        var words: [UInt32] = [0, 0]
        for index in 0..<8 { words[index / 4] |= UInt32(try next()) << UInt32(index % 4 * 8) }
        guard words[0] == checksum, words[1] == length else { throw .invalid("its checksum is wrong") }
        stage = .header
    }

    private func next() throws(InflateFailure) -> UInt8 {
        guard let byte = bits.byte() else { throw .cutShort }
        return byte
    }
}
