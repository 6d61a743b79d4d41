"""Messages of Tempo's and Jaeger's gRPC services, for which there is no package with generated code.

`message(name)` gives the class, `METHODS` what each method takes and gives. The schema below has the fields that the
tests use, with the numbers of tempo.proto, and of query.proto, model.proto and collector.proto of jaeger-idl.
"""
import re

from google.protobuf import descriptor_pb2, descriptor_pool, duration_pb2, message_factory, timestamp_pb2  # noqa: F401
from opentelemetry.proto.common.v1 import common_pb2  # noqa: F401

SCHEMA = {
    "tempopb": """
SearchRequest: uint32 Limit = 4, uint32 start = 5, uint32 end = 6, string Query = 8, uint32 SpansPerSpanSet = 9
SearchResponse: repeated TraceSearchMetadata traces = 1, SearchMetrics metrics = 2
TraceSearchMetadata: string traceID = 1, string rootServiceName = 2, string rootTraceName = 3,
 uint64 startTimeUnixNano = 4, uint32 durationMs = 5, SpanSet spanSet = 6, repeated SpanSet spanSets = 7
SpanSet: repeated Span spans = 1, uint32 matched = 2
Span: string spanID = 1, string name = 2, uint64 startTimeUnixNano = 3, uint64 durationNanos = 4,
 repeated opentelemetry.proto.common.v1.KeyValue attributes = 5
SearchMetrics: uint32 inspectedTraces = 1, uint64 inspectedBytes = 2, uint32 completedJobs = 4, uint32 totalJobs = 5
SearchTagsRequest: string scope = 1, string query = 2, uint32 start = 3, uint32 end = 4
SearchTagsResponse: repeated string tagNames = 1
SearchTagsV2Response: repeated SearchTagsV2Scope scopes = 1
SearchTagsV2Scope: string name = 1, repeated string tags = 2
SearchTagValuesRequest: string tagName = 1, string query = 2, uint32 start = 4, uint32 end = 5
SearchTagValuesResponse: repeated string tagValues = 1
SearchTagValuesV2Response: repeated TagValue tagValues = 1
TagValue: string type = 1, string value = 2
QueryRangeRequest: string query = 1, uint64 start = 2, uint64 end = 3, uint64 step = 4, uint32 exemplars = 16
QueryRangeResponse: repeated TimeSeries series = 1, SearchMetrics metrics = 2, string message = 4
TimeSeries: repeated opentelemetry.proto.common.v1.KeyValue labels = 1, repeated Sample samples = 2,
 repeated Exemplar exemplars = 4
Sample: double value = 1, int64 timestamp_ms = 2
Exemplar: repeated opentelemetry.proto.common.v1.KeyValue labels = 1, double value = 2, int64 timestamp_ms = 3
QueryInstantRequest: string query = 1, uint64 start = 2, uint64 end = 3
QueryInstantResponse: repeated InstantSeries series = 1, SearchMetrics metrics = 2, string message = 4
InstantSeries: repeated opentelemetry.proto.common.v1.KeyValue labels = 1, double value = 2
""",
    "jaeger.api_v2": """
KeyValue: string key = 1, int32 v_type = 2, string v_str = 3, bool v_bool = 4, int64 v_int64 = 5,
 double v_float64 = 6, bytes v_binary = 7
Log: google.protobuf.Timestamp timestamp = 1, repeated KeyValue fields = 2
SpanRef: bytes trace_id = 1, bytes span_id = 2, int32 ref_type = 3
Process: string service_name = 1, repeated KeyValue tags = 2
Span: bytes trace_id = 1, bytes span_id = 2, string operation_name = 3, repeated SpanRef references = 4,
 uint32 flags = 5, google.protobuf.Timestamp start_time = 6, google.protobuf.Duration duration = 7,
 repeated KeyValue tags = 8, repeated Log logs = 9, Process process = 10, string process_id = 11,
 repeated string warnings = 12
Batch: repeated Span spans = 1, Process process = 2
GetTraceRequest: bytes trace_id = 1
ArchiveTraceRequest: bytes trace_id = 1
ArchiveTraceResponse:
SpansResponseChunk: repeated Span spans = 1
TagEntry: string key = 1, string value = 2
TraceQueryParameters: string service_name = 1, string operation_name = 2, repeated TagEntry tags = 3,
 google.protobuf.Timestamp start_time_min = 4, google.protobuf.Timestamp start_time_max = 5,
 google.protobuf.Duration duration_min = 6, google.protobuf.Duration duration_max = 7, int32 search_depth = 8
FindTracesRequest: TraceQueryParameters query = 1
GetServicesRequest:
GetServicesResponse: repeated string services = 1
GetOperationsRequest: string service = 1, string span_kind = 2
Operation: string name = 1, string span_kind = 2
GetOperationsResponse: repeated string operationNames = 1, repeated Operation operations = 2
GetDependenciesRequest: google.protobuf.Timestamp start_time = 1, google.protobuf.Timestamp end_time = 2
GetDependenciesResponse: repeated DependencyLink dependencies = 1
DependencyLink: string parent = 1, string child = 2, uint64 call_count = 3
PostSpansRequest: Batch batch = 1
PostSpansResponse:
""",
}

# By path: what is taken, what is given, whether the answer is a stream.
METHODS = {
    "/tempopb.StreamingQuerier/Search": ("tempopb.SearchRequest", "tempopb.SearchResponse", True),
    "/tempopb.StreamingQuerier/SearchTags": ("tempopb.SearchTagsRequest", "tempopb.SearchTagsResponse", True),
    "/tempopb.StreamingQuerier/SearchTagsV2": ("tempopb.SearchTagsRequest", "tempopb.SearchTagsV2Response", True),
    "/tempopb.StreamingQuerier/SearchTagValues": (
        "tempopb.SearchTagValuesRequest", "tempopb.SearchTagValuesResponse", True,
    ),
    "/tempopb.StreamingQuerier/SearchTagValuesV2": (
        "tempopb.SearchTagValuesRequest", "tempopb.SearchTagValuesV2Response", True,
    ),
    "/tempopb.StreamingQuerier/MetricsQueryRange": ("tempopb.QueryRangeRequest", "tempopb.QueryRangeResponse", True),
    "/tempopb.StreamingQuerier/MetricsQueryInstant": (
        "tempopb.QueryInstantRequest", "tempopb.QueryInstantResponse", True,
    ),
    "/jaeger.api_v2.QueryService/GetTrace": (
        "jaeger.api_v2.GetTraceRequest", "jaeger.api_v2.SpansResponseChunk", True,
    ),
    "/jaeger.api_v2.QueryService/ArchiveTrace": (
        "jaeger.api_v2.ArchiveTraceRequest", "jaeger.api_v2.ArchiveTraceResponse", False,
    ),
    "/jaeger.api_v2.QueryService/FindTraces": (
        "jaeger.api_v2.FindTracesRequest", "jaeger.api_v2.SpansResponseChunk", True,
    ),
    "/jaeger.api_v2.QueryService/GetServices": (
        "jaeger.api_v2.GetServicesRequest", "jaeger.api_v2.GetServicesResponse", False,
    ),
    "/jaeger.api_v2.QueryService/GetOperations": (
        "jaeger.api_v2.GetOperationsRequest", "jaeger.api_v2.GetOperationsResponse", False,
    ),
    "/jaeger.api_v2.QueryService/GetDependencies": (
        "jaeger.api_v2.GetDependenciesRequest", "jaeger.api_v2.GetDependenciesResponse", False,
    ),
    "/jaeger.api_v2.CollectorService/PostSpans": (
        "jaeger.api_v2.PostSpansRequest", "jaeger.api_v2.PostSpansResponse", False,
    ),
}

DEPENDENCIES = [timestamp_pb2, duration_pb2, common_pb2]
FIELD = re.compile(r"(repeated )?([\w.]+) (\w+) = (\d+)")


def declare(package, text):
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{package}.tests.proto", package=package, syntax="proto3",
        dependency=[module.DESCRIPTOR.name for module in DEPENDENCIES],
    )
    kind = descriptor_pb2.FieldDescriptorProto
    for line in text.replace(",\n", ",").strip().splitlines():
        name, fields = line.split(":", 1)
        declared = file.message_type.add(name=name)
        for repeated, type_name, field_name, number in FIELD.findall(fields):
            field = declared.field.add(name=field_name, number=int(number))
            field.label = kind.LABEL_REPEATED if repeated else kind.LABEL_OPTIONAL
            scalar = f"TYPE_{type_name.upper()}"
            if "." in type_name:
                field.type, field.type_name = kind.TYPE_MESSAGE, f".{type_name}"
            elif type_name[0].isupper():
                field.type, field.type_name = kind.TYPE_MESSAGE, f".{package}.{type_name}"
            else:
                field.type = getattr(kind, scalar)
    descriptor_pool.Default().Add(file)


def message(name):
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(name))


for package, text in SCHEMA.items():
    declare(package, text)
