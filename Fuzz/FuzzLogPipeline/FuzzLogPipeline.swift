import FuzzSupport

/// Lines of logs: see `LogPipelineFuzzer`.
private enum FuzzLogPipeline {
    static let fuzzer = LogPipelineFuzzer()
}

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    LibFuzzer.writeSeedsIfAsked { FuzzLogPipeline.fuzzer.seeds() }
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzLogPipeline.fuzzer.test(UnsafeBufferPointer(start: data, count: count))
    return 0
}
