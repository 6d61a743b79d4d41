import FuzzSupport

/// Datagrams: see `StatsDFuzzer`.
private enum FuzzStatsD {
    static let fuzzer = StatsDFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzStatsD.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzStatsD.fuzzer.test(UnsafeBufferPointer(start: data, count: count))
    return 0
}
