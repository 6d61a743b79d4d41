import FuzzSupport

/// Pages of metrics: see `ExpositionFuzzer`.
private enum FuzzExposition {
    static let fuzzer = ExpositionFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzExposition.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzExposition.fuzzer.test(UnsafeBufferPointer(start: data, count: count))
    return 0
}
