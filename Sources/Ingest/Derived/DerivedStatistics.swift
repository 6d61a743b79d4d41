/// What was derived so far; counts since the start of the process unless it says "now".
package struct DerivedStatistics: Sendable, Equatable {
    package var spansObserved = 0
    /// Not counted because of `DerivedOptions.slack`.
    package var spansOutOfRange = 0
    /// Label sets of span metrics now.
    package var spanLabelSets = 0
    /// Spans that were not counted because there were `SpanMetricsOptions.labelSetsMax` others.
    package var spansRefused = 0
    /// Edges now, those of unpaired spans included.
    package var edges = 0
    /// Requests that were not counted because there were `ServiceGraphOptions.edgesMax` other edges.
    package var edgesRefused = 0
    /// Requests found: pairs, databases, virtual nodes.
    package var edgesCompleted = 0
    package var edgesVirtual = 0
    /// Spans that wait for their other side now.
    package var sidesWaiting = 0
    /// Spans whose other side did not come in time and that name no peer.
    package var sidesUnpaired = 0
    /// Spans that could not wait because `ServiceGraphOptions.waitingMax` did.
    package var sidesDropped = 0
    /// Resources remembered now; none unless labels are made of them.
    package var resources = 0
    package var resourcesForgotten = 0
    package var samplesEmitted = 0
    /// Requests that the sink did not take.
    package var requestsFailed = 0

    package init() {}
}
