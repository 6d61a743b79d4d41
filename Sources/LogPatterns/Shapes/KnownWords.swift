/// Names that end in a number which is part of the name.
enum KnownWords {
    private static let words: Set<UInt64> = Set(
        [
            "utf8", "utf16", "utf32", "sha1", "sha256", "sha384", "sha512", "md4", "md5", "crc32", "ipv4", "ipv6",
            "http1", "http2", "http3", "h2", "h3", "x86", "x64", "arm64", "amd64", "base32", "base64", "oauth2", "s3",
            "ec2", "mp3", "mp4", "int32", "int64", "uint32", "uint64", "float32", "float64", "int8", "int16", "uint8",
            "win32", "tls1", "sqlite3", "lz4", "bz2", "ext4", "python3", "ssh2",
        ].map { packed($0.utf8) })

    private static func packed(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whether a word of letters and then digits is such a name, or the version in a path: `v1`.
    static func contain(_ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start <= 7 else { return false }
        if end - start == 2, line[start] | 0x20 == UInt8(ascii: "v"), ByteClass.isDigit(line[start + 1]) { return true }
        // Digits keep their value with this bit, which makes letters small.
        return words.contains(packed(line[start..<end].lazy.map { $0 | 0x20 }))
    }
}
