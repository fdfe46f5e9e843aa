// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;

namespace Weir.Desk.Api.Routing;

/// <summary>A route whose answer goes on: server-sent events. It is for its roles as any other, and ends when it is no
/// more.</summary>
internal sealed class ApiStream : ApiRoute
{
    public const string EventStream = "text/event-stream";

    /// <summary>The data of one event.</summary>
    public required JsonTypeInfo Answer { get; init; }

    public required Func<ApiCall, RouteRefusal> Refusal { get; init; }

    /// <summary>Writes events until it is cancelled or told that it goes on no more.</summary>
    public required Func<ApiCall, Stream, Func<bool>, CancellationToken, Task> Write { get; init; }

    public override JsonTypeInfo AnswerType => Answer;

    public override string ContentType => EventStream;

    public override RouteRefusal RefusalOf(ApiCall call, ReadOnlyMemory<byte> body) => Refusal(call);

    /// <exception cref="NotSupportedException">A stream has no answer that could be given whole.</exception>
    public override Task<byte[]> AnswerAsync(ApiCall call, ReadOnlyMemory<byte> body) =>
        throw new NotSupportedException($"{Name} is a stream");
}
