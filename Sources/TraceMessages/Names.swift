/// Short names of the generated messages of Jaeger, Tempo and Zipkin; `Generated/` is made by
/// `Tools/generate-protobuf`. Tempo's traces are OTLP's `TracesData` on the wire and stand in `OTLPMessages`.
package typealias JaegerProtoSpan = Jaeger_ApiV2_Span
package typealias JaegerProtoSpanRef = Jaeger_ApiV2_SpanRef
package typealias JaegerProtoSpanRefType = Jaeger_ApiV2_SpanRefType
package typealias JaegerProtoLog = Jaeger_ApiV2_Log
package typealias JaegerProtoKeyValue = Jaeger_ApiV2_KeyValue
package typealias JaegerProtoProcess = Jaeger_ApiV2_Process
package typealias JaegerProtoBatch = Jaeger_ApiV2_Batch
package typealias JaegerProtoDependencyLink = Jaeger_ApiV2_DependencyLink

package typealias JaegerPostSpansRequest = Jaeger_ApiV2_PostSpansRequest
package typealias JaegerPostSpansResponse = Jaeger_ApiV2_PostSpansResponse

package typealias JaegerGetTraceRequest = Jaeger_ApiV2_GetTraceRequest
package typealias JaegerSpansResponseChunk = Jaeger_ApiV2_SpansResponseChunk
package typealias JaegerArchiveTraceRequest = Jaeger_ApiV2_ArchiveTraceRequest
package typealias JaegerArchiveTraceResponse = Jaeger_ApiV2_ArchiveTraceResponse
package typealias JaegerTraceQueryParameters = Jaeger_ApiV2_TraceQueryParameters
package typealias JaegerFindTracesRequest = Jaeger_ApiV2_FindTracesRequest
package typealias JaegerGetServicesRequest = Jaeger_ApiV2_GetServicesRequest
package typealias JaegerGetServicesResponse = Jaeger_ApiV2_GetServicesResponse
package typealias JaegerGetOperationsRequest = Jaeger_ApiV2_GetOperationsRequest
package typealias JaegerGetOperationsResponse = Jaeger_ApiV2_GetOperationsResponse
package typealias JaegerProtoOperation = Jaeger_ApiV2_Operation
package typealias JaegerGetDependenciesRequest = Jaeger_ApiV2_GetDependenciesRequest
package typealias JaegerGetDependenciesResponse = Jaeger_ApiV2_GetDependenciesResponse

package typealias TempoAnyValue = Tempopb_Common_V1_AnyValue
package typealias TempoKeyValue = Tempopb_Common_V1_KeyValue
package typealias TempoSearchRequest = Tempopb_SearchRequest
package typealias TempoSearchResponse = Tempopb_SearchResponse
package typealias TempoTraceMetadata = Tempopb_TraceSearchMetadata
package typealias TempoServiceStats = Tempopb_ServiceStats
package typealias TempoSpanSet = Tempopb_SpanSet
package typealias TempoSpan = Tempopb_Span
package typealias TempoSearchMetrics = Tempopb_SearchMetrics
package typealias TempoMetadataMetrics = Tempopb_MetadataMetrics
package typealias TempoPartialStatus = Tempopb_PartialStatus

package typealias TempoTagsRequest = Tempopb_SearchTagsRequest
package typealias TempoTagsResponse = Tempopb_SearchTagsResponse
package typealias TempoTagsV2Response = Tempopb_SearchTagsV2Response
package typealias TempoTagsV2Scope = Tempopb_SearchTagsV2Scope
package typealias TempoTagValuesRequest = Tempopb_SearchTagValuesRequest
package typealias TempoTagValuesResponse = Tempopb_SearchTagValuesResponse
package typealias TempoTagValuesV2Response = Tempopb_SearchTagValuesV2Response
package typealias TempoTagValue = Tempopb_TagValue

package typealias TempoQueryRangeRequest = Tempopb_QueryRangeRequest
package typealias TempoQueryRangeResponse = Tempopb_QueryRangeResponse
package typealias TempoQueryInstantRequest = Tempopb_QueryInstantRequest
package typealias TempoQueryInstantResponse = Tempopb_QueryInstantResponse
package typealias TempoTimeSeries = Tempopb_TimeSeries
package typealias TempoInstantSeries = Tempopb_InstantSeries
package typealias TempoSample = Tempopb_Sample
package typealias TempoExemplar = Tempopb_Exemplar

package typealias ZipkinProtoListOfSpans = Zipkin_Proto3_ListOfSpans
package typealias ZipkinProtoSpan = Zipkin_Proto3_Span
package typealias ZipkinProtoEndpoint = Zipkin_Proto3_Endpoint
package typealias ZipkinProtoAnnotation = Zipkin_Proto3_Annotation
