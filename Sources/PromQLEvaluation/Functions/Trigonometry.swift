#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The trigonometric functions, their inverses, `deg`, `rad` and `pi`.
enum TrigonometricFunctions {
    static let bodies: [String: FunctionBody] = [
        "sin": FunctionTable.floats { sin($0) },
        "cos": FunctionTable.floats { cos($0) },
        "tan": FunctionTable.floats { tan($0) },
        "asin": FunctionTable.floats { asin($0) },
        "acos": FunctionTable.floats { acos($0) },
        "atan": FunctionTable.floats { atan($0) },
        "sinh": FunctionTable.floats { sinh($0) },
        "cosh": FunctionTable.floats { cosh($0) },
        "tanh": FunctionTable.floats { tanh($0) },
        "asinh": FunctionTable.floats { asinh($0) },
        "acosh": FunctionTable.floats { acosh($0) },
        "atanh": FunctionTable.floats { atanh($0) },
        "deg": FunctionTable.floats { $0 * 180 / .pi },
        "rad": FunctionTable.floats { $0 * .pi / 180 },
        "pi": { (_, _, times) throws(QueryError) in .scalar(Array(repeating: .pi, count: times.count)) },
    ]
}
