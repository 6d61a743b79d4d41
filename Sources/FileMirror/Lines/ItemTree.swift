/// Groups the items of a line: by what they refer to, in the order in which each appears first, as a collector's batch
/// does.
///
/// A node is a resource, a scope of it, or a metric of that; it is made once for a block and used in many lines. An item
/// is a row of the window that becomes a line, by its place there.
struct ItemTree {
    struct Node {
        let parent: Int32
        /// What it stands for, in terms of who made it.
        let reference: Int32
        fileprivate var window: Int32 = 0
        /// The first and the last of its children, or of its items; -1 for none.
        fileprivate(set) var first: Int32 = -1
        fileprivate var last: Int32 = -1
        /// The next child of its parent.
        fileprivate(set) var next: Int32 = -1
    }

    static let none: Int32 = -1

    private(set) var nodes: [Node] = []
    /// By place of an item: the next one of its node.
    private(set) var nextItem: [Int32]
    private(set) var firstRoot: Int32 = -1
    private var lastRoot: Int32 = -1
    private var window: Int32 = 0

    init(itemsMax: Int) { nextItem = [Int32](repeating: -1, count: itemsMax) }

    /// Forgets all nodes.
    mutating func reset() {
        nodes.removeAll(keepingCapacity: true)
        window = 0
        beginWindow()
    }

    /// - Parameter parent: nil for a root.
    mutating func addNode(_ reference: Int32, parent: Int32?) -> Int32 {
        nodes.append(Node(parent: parent ?? Self.none, reference: reference))
        return Int32(truncatingIfNeeded: nodes.count - 1)
    }

    mutating func beginWindow() {
        window &+= 1
        firstRoot = Self.none
        lastRoot = Self.none
    }

    /// Puts an item behind the others of a node; items come in rising order.
    @inline(__always)
    mutating func add(_ item: Int32, to node: Int32) {
        let place = Int(node)
        if nodes[place].window != window { open(place) }
        nextItem[Int(item)] = Self.none
        let last = nodes[place].last
        if last >= 0 { nextItem[Int(last)] = item } else { nodes[place].first = item }
        nodes[place].last = item
    }

    /// Puts a node, and those above it, into the present window.
    private mutating func open(_ place: Int) {
        nodes[place].window = window
        nodes[place].first = Self.none
        nodes[place].last = Self.none
        nodes[place].next = Self.none
        let node = Int32(truncatingIfNeeded: place)
        let parent = Int(nodes[place].parent)
        if parent < 0 {
            if lastRoot >= 0 { nodes[Int(lastRoot)].next = node } else { firstRoot = node }
            lastRoot = node
            return
        }
        if nodes[parent].window != window { open(parent) }
        let last = nodes[parent].last
        if last >= 0 { nodes[Int(last)].next = node } else { nodes[parent].first = node }
        nodes[parent].last = node
    }
}
