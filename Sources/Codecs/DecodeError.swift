/// Why bytes could not be decoded into messages.
///
/// The message never holds a value of the sender, only what was expected, where, and the limit that was passed.
package struct DecodeError: Error, Sendable, Hashable {
    /// What kind of failure it is; a struct, so that a new code breaks no caller.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case malformed
            case tooDeep = "too_deep"
            case tooLarge = "too_large"
            case unsupported
            case noMemory = "no_memory"
        }

        private let kind: Kind

        /// The bytes break the grammar or the schema.
        package static let malformed = Code(kind: .malformed)
        /// The bytes are nested deeper than a limit allows.
        package static let tooDeep = Code(kind: .tooDeep)
        /// The bytes hold more than a limit allows.
        package static let tooLarge = Code(kind: .tooLarge)
        /// The bytes are valid, but of a kind that is not implemented.
        package static let unsupported = Code(kind: .unsupported)

        /// There is no memory for it at present; a repetition may succeed.
        package static let noMemory = Code(kind: .noMemory)

        /// The value for metric labels.
        package var description: String { kind.rawValue }
    }

    package let code: Code

    /// What is wrong, without the place: lower case, no final period.
    package let reason: String

    /// Where in the input the failure was noticed, in bytes from its start.
    package let offset: Int?

    /// Steps such as `.spans` and `[3]`, innermost first, because they are added while the error travels outwards.
    private var stepsFromLeaf: [String] = []

    package init(code: Code, message reason: String, offset: Int? = nil) {
        self.code = code
        self.reason = reason
        self.offset = offset
    }
}

extension DecodeError: CustomStringConvertible {
    /// The reason, the path and the offset: `span id is not hex at resourceSpans[0].scopeSpans[0].spans[3].spanId,
    /// byte 217`.
    package var message: String {
        var text = reason
        if !stepsFromLeaf.isEmpty {
            text += " at \(path)"
        }
        if let offset {
            text += stepsFromLeaf.isEmpty ? " at byte \(offset)" : ", byte \(offset)"
        }
        return text
    }

    package var description: String { message }

    /// The path inside the document, `resourceSpans[0].scopeSpans[0]`; empty at the top level.
    ///
    /// A hostile document can be nested up to the depth limit; the middle of such a path helps nobody and is left out.
    package var path: String {
        let steps = Array(stepsFromLeaf.reversed())
        let shown: String
        if steps.count > Self.pathStepsShownMax {
            shown = steps.prefix(Self.pathStepsShownMax - 4).joined() + "..." + steps.suffix(4).joined()
        } else {
            shown = steps.joined()
        }
        return shown.hasPrefix(".") ? String(shown.dropFirst()) : shown
    }

    /// The steps of a path that a message shows; an attribute's value nested in two lists has 14.
    private static let pathStepsShownMax = 24

    /// The same error, seen from the object around it.
    func inside(member key: String) -> DecodeError {
        var error = self
        error.stepsFromLeaf.append("." + key)
        return error
    }

    /// The same error, seen from the list around it.
    func inside(element index: Int) -> DecodeError {
        var error = self
        error.stepsFromLeaf.append("[\(index)]")
        return error
    }
}
