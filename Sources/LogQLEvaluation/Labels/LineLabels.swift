/// The labels of one line on its way through a pipeline.
///
/// Three kinds: those of the stream, structured metadata, and parsed ones. A name has one value; what is set later by a
/// parser or format replaces what was there.
///
/// - Spec: Loki, "Query fields and labels"; on a clash the name goes to the stream before metadata before what is
///   parsed, and the loser is called `<name>_extracted`.
struct LineLabels {
    static let errorName = "__error__"
    static let errorDetailsName = "__error_details__"
    /// Their numbers among the names.
    static let errorNumber: Int32 = 0
    static let errorDetailsNumber: Int32 = 1

    enum Kind: UInt8 {
        case stream, metadata, parsed
    }

    struct Added {
        var name: Int32
        var kind: Kind
        var value: ByteSlice
    }

    /// A label of a stream.
    struct Base {
        let name: Int32
        let value: ByteSlice
        /// Of name and value together.
        let hash: UInt64
    }

    /// What is known of a name, for the row whose number stands there.
    private struct Slot {
        var addedRow: UInt32 = 0
        var addedIndex: Int32 = 0
        var deletedRow: UInt32 = 0
        var extractedRow: UInt32 = 0
        var baseTurn: UInt32 = 0
        var baseIndex: Int32 = 0
    }

    var names = NameTable()
    /// Of metadata and of parsers; those whose name is negative are gone.
    private(set) var added: [Added] = []
    private(set) var base: [Base] = []
    /// Loki's words for what a stage failed on; empty without.
    var error = ""
    var errorDetails = ""
    /// Whether a parser failed on the line.
    var hasParsingFailed = false

    private var slots: [Slot] = []
    private var row: UInt32 = 0
    private var baseTurn: UInt32 = 0
    private var deletedBase = 0
    private var overriddenBase = 0
    private var goneAdded = 0

    // MARK: Hints

    private(set) var requiredCount = 0
    private var requiredExtracted = 0
    private(set) var hints = LabelHints.all
    private let addedMax: Int

    init(addedMax: Int = PipelineLimits.standard.lineLabelsMax) {
        self.addedMax = addedMax
        _ = names.intern(Self.errorName)
        _ = names.intern(Self.errorDetailsName)
    }

    mutating func follow(_ hints: LabelHints) {
        self.hints = hints
        for name in hints.required { names.require(names.intern(name)) }
        requiredCount = hints.required.count
        names.learnsKeys = hints.required.isEmpty
    }

    /// Whether parsers have nothing to do.
    @inline(__always)
    var needsNoParser: Bool { hints.isNothingNeeded || hasAllRequired }

    @inline(__always)
    var hasAllRequired: Bool { requiredCount > 0 && requiredExtracted == requiredCount }

    /// Whether a required name begins with this.
    func needsPrefix(_ prefix: ByteSlice) -> Bool {
        requiredCount == 0
            || hints.required.contains { name in
                var name = name
                return name.withUTF8 { $0.starts(with: prefix) }
            }
    }

    // MARK: The row

    /// Begins a row of the stream that was last given.
    @inline(__always)
    mutating func beginRow() {
        if row == .max {
            slots = [Slot](repeating: Slot(), count: slots.count)
            row = 0
            putBase(base)
        }
        row += 1
        added.removeAll(keepingCapacity: true)
        if !error.isEmpty { error = "" }
        if !errorDetails.isEmpty { errorDetails = "" }
        hasParsingFailed = false
        deletedBase = 0
        overriddenBase = 0
        goneAdded = 0
        requiredExtracted = 0
    }

    /// - Parameter labels: their bytes outlive the rows of this stream.
    mutating func putBase(_ labels: [Base]) {
        base = labels
        if baseTurn == .max {
            slots = [Slot](repeating: Slot(), count: slots.count)
            baseTurn = 0
        }
        baseTurn += 1
        growSlots()
        for (index, label) in labels.enumerated() {
            slots[Int(label.name)].baseTurn = baseTurn
            slots[Int(label.name)].baseIndex = Int32(truncatingIfNeeded: index)
        }
    }

    @inline(__always)
    private mutating func growSlots() {
        if slots.count < names.count { growSlotsSlowly() }
    }

    @inline(never)
    private mutating func growSlotsSlowly() {
        slots.append(contentsOf: repeatElement(Slot(), count: names.count - slots.count))
    }

    /// Metadata comes before any stage.
    mutating func addMetadata(_ name: Int32, _ value: ByteSlice) {
        var name = name
        growSlots()
        if slots[Int(name)].baseTurn == baseTurn {
            name = names.extracted(name)
            growSlots()
        }
        let slot = slots[Int(name)]
        if slot.addedRow == row {
            added[Int(slot.addedIndex)].value = value
            return
        }
        append(Added(name: name, kind: .metadata, value: value))
    }

    /// The name under which a parser sets what it found: nil when it need not, because nobody asks for it, or because an
    /// earlier one of the name is there already.
    @inline(__always)
    mutating func target(_ name: Int32) -> Int32? {
        growSlots()
        var name = name
        let slot = slots[Int(name)]
        if slot.baseTurn == baseTurn || (slot.addedRow == row && added[Int(slot.addedIndex)].kind == .metadata) {
            name = names.extracted(name)
            growSlots()
        }
        if requiredCount > 0, !names.entries[Int(name)].isRequired { return nil }
        return slots[Int(name)].extractedRow == row ? nil : name
    }

    /// As `target`, without regard to what is there or asked for.
    mutating func targetAnyway(_ name: Int32) -> Int32 {
        growSlots()
        let slot = slots[Int(name)]
        guard slot.baseTurn == baseTurn || (slot.addedRow == row && added[Int(slot.addedIndex)].kind == .metadata)
        else { return name }
        return names.extracted(name)
    }

    /// Whether the stream or the metadata has the name.
    mutating func isTaken(_ name: Int32) -> Bool { targetAnyway(name) != name }

    /// Whether a required name, or any when all are needed.
    func isNeeded(_ name: Int32) -> Bool { requiredCount == 0 || names.entries[Int(name)].isRequired }

    /// Sets a parsed label in place of whatever had the name.
    @inline(__always)
    mutating func setParsed(_ name: Int32, _ value: ByteSlice) {
        growSlots()
        let place = Int(name)
        if slots[place].extractedRow != row {
            slots[place].extractedRow = row
            if requiredCount > 0, names.entries[place].isRequired { requiredExtracted += 1 }
        }
        if slots[place].addedRow == row {
            let index = Int(slots[place].addedIndex)
            added[index].kind = .parsed
            added[index].value = value
            return
        }
        append(Added(name: name, kind: .parsed, value: value))
    }

    @inline(__always)
    private mutating func append(_ label: Added) {
        guard added.count < addedMax else {
            if error.isEmpty {
                error = "LabelLimitErr"
                errorDetails = "line has more labels than the limit of \(addedMax)"
            }
            return
        }
        let place = Int(label.name)
        slots[place].addedRow = row
        slots[place].addedIndex = Int32(truncatingIfNeeded: added.count)
        if slots[place].baseTurn == baseTurn, slots[place].deletedRow != row { overriddenBase += 1 }
        added.append(label)
    }

    mutating func delete(_ name: Int32) {
        growSlots()
        let place = Int(name)
        let isAdded = slots[place].addedRow == row
        if isAdded {
            added[Int(slots[place].addedIndex)].name = NameTable.none
            slots[place].addedRow = 0
            goneAdded += 1
        }
        guard slots[place].baseTurn == baseTurn, slots[place].deletedRow != row else { return }
        slots[place].deletedRow = row
        if isAdded { overriddenBase -= 1 }
        deletedBase += 1
    }

    /// The value of a label; nil when there is none. Errors are no labels here.
    @inline(__always)
    mutating func value(_ name: Int32) -> ByteSlice? {
        growSlots()
        let slot = slots[Int(name)]
        if slot.addedRow == row { return added[Int(slot.addedIndex)].value }
        guard slot.baseTurn == baseTurn, slot.deletedRow != row else { return nil }
        return base[Int(slot.baseIndex)].value
    }

    // MARK: The outcome

    /// Whether the stream's labels are all there as they were.
    var isBaseWhole: Bool { deletedBase == 0 && overriddenBase == 0 }
    var isUntouched: Bool { isBaseWhole && added.count == goneAdded }
    var addedCount: Int { added.count - goneAdded }

    /// Whether a label of the stream, by its index, is still there under its own value.
    @inline(__always)
    func hasBase(_ index: Int) -> Bool {
        let slot = slots[Int(base[index].name)]
        return slot.deletedRow != row && slot.addedRow != row
    }

    mutating func setError(_ error: String, _ details: String) {
        self.error = error
        errorDetails = details
    }

    /// Forgets the labels that were set since there were so many: what a part of a line made that turned out to be
    /// broken. Of labels that they replaced nothing comes back.
    mutating func forgetAdded(from count: Int) {
        while added.count > count, let last = added.popLast() {
            guard last.name >= 0 else {
                goneAdded -= 1
                continue
            }
            let place = Int(last.name)
            slots[place].addedRow = 0
            if slots[place].baseTurn == baseTurn, slots[place].deletedRow != row { overriddenBase -= 1 }
            if slots[place].extractedRow == row {
                slots[place].extractedRow = 0
                if requiredCount > 0, names.entries[place].isRequired { requiredExtracted -= 1 }
            }
        }
    }

    /// Every label with its kind, in no order; errors are not among them.
    func forEach(_ body: (_ name: Int32, _ kind: Kind, _ value: ByteSlice) -> Void) {
        for index in base.indices where isBaseWhole || hasBase(index) {
            body(base[index].name, .stream, base[index].value)
        }
        for label in added where label.name >= 0 { body(label.name, label.kind, label.value) }
    }

    /// Whether a label that a line calls an error gives way to the real one.
    @inline(__always)
    func isHidden(_ name: Int32) -> Bool {
        name <= Self.errorDetailsNumber && !(name == Self.errorNumber ? error : errorDetails).isEmpty
    }

    /// All labels by name, errors among them: what templates see.
    func dictionary() -> [String: String] {
        var result: [String: String] = [:]
        forEach { name, _, value in result[names.text(name)] = value.text }
        if !error.isEmpty { result[Self.errorName] = error }
        if !errorDetails.isEmpty { result[Self.errorDetailsName] = errorDetails }
        return result
    }
}
