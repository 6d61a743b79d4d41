#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `exp`, `sqrt`, `ln`, `log2` and `log10`
enum ExponentialFunctions {
    static let bodies: [String: FunctionBody] = [
        "exp": FunctionTable.floats { exp($0) },
        "sqrt": FunctionTable.floats { $0.squareRoot() },
        "ln": FunctionTable.floats { log($0) },
        "log2": FunctionTable.floats { log2($0) },
        "log10": FunctionTable.floats { log10($0) },
    ]
}
