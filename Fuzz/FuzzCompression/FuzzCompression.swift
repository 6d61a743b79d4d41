import FuzzSupport

/// Packed bodies: see `CompressionFuzzer`.
private enum FuzzCompression {
    static let fuzzer = CompressionFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzCompression.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzCompression.fuzzer.test(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}
