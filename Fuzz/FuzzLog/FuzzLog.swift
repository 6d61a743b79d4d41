import FuzzSupport

/// Damaged segments of a write-ahead log: see `LogFuzzer`.
private enum FuzzLog {
    // libFuzzer calls from one thread.
    nonisolated(unsafe) static var fuzzer = LogFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzLog.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzLog.fuzzer.test(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
}

@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>?, _ count: Int, _ bytesMax: Int, _ seed: CUnsignedInt) -> Int {
    var mutator = SegmentMutator(FuzzLog.fuzzer.template, seed: UInt64(seed))
    return mutator.mutate(UnsafeMutableBufferPointer(start: data, count: bytesMax), count: count)
}
